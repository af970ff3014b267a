import type { Phase } from "../../settings/status.ts";
import type { Event } from "./events.ts";

/** Full names of the stacks by which phases are told apart. */
export type StackNames = { canary: string; production: string };

/** What each command begins with. */
const begins = {
  release: "bring-up",
  gate: "start",
  reject: "remove",
  rollback: "roll-back",
} as const;
const isKnown = (command: string): command is keyof typeof begins => command in begins;

/** The phase that a command begins with. */
export const firstPhase = (command: string): Phase => (isKnown(command) ? begins[command] : "start");

/**
 * The phase that a command is in after an event.
 *
 * @param stacks - undefined before anybody knows them, when no Pulumi has been started yet
 */
export function phaseAfter(before: Phase, event: Event, stacks: StackNames | undefined): Phase {
  if (event.event === "start") return firstPhase(event.command);
  if (event.event === "pulumi-start")
    return stacks === undefined ? before : pulumiStarts(before, event, stacks);
  if (event.event === "watching") return "start";
  if (event.event === "traffic") return event.state === "on" && before === "start" ? "watch" : before;
  if (event.event === "verdict") return event.verdict === "promote" ? "promote" : "remove";
  if (event.event === "rollback") return "roll-back";
  if (event.event === "promoted") return before === "roll-back" ? before : "remove";
  if (event.event === "resumed") return event.act === "watch" ? "start" : event.act;
  return event.event === "bake" ? "bake" : before;
}

function pulumiStarts(
  before: Phase,
  { stack, operation }: Extract<Event, { event: "pulumi-start" }>,
  { canary, production }: StackNames,
): Phase {
  switch (operation) {
    // What an earlier watch has left may go before the new canary comes.
    case "destroy":
      return before === "bring-up" ? before : "remove";
    case "up":
      if (stack === production && before === "bring-up") return "promote";
      // Also after what a killed gate had begun was carried out, and taken away.
      return stack === canary ? "bring-up" : before;
  }
}
