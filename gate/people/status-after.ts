import type { Status } from "../../settings/status.ts";
import { many } from "../decide/words.ts";
import type { Event } from "../tell/events.ts";

/** Text that is kept of a sentence. */
const mostText = 1000;

export const shortened = (text: string) => text.slice(0, mostText);

type Stacks = { canary: string; production: string };
/** What an event changes; the clock is the writer's. */
type Changed = Partial<
  Pick<Status, "phase" | "release" | "requests" | "errors" | "seconds" | "why" | "step" | "waitsFor">
>;

/** What a gate's status is after an event, but for its times. */
export function statusAfter(status: Status, event: Event, stacks: Stacks): Status {
  const changed = changedBy(status, event, stacks);
  if (changed.why !== undefined) changed.why = shortened(changed.why);
  const decided = changed.phase !== undefined && !["bring-up", "start", "watch"].includes(changed.phase);
  return { ...status, ...changed, ...(decided ? { waitsFor: null } : {}) };
}

function changedBy({ phase }: Status, event: Event, stacks: Stacks): Changed {
  switch (event.event) {
    case "pulumi-start":
      return { ...pulumiStarts(phase, event, stacks) };
    case "watching":
      return { phase: "start", release: event.release, why: event.goal };
    case "traffic":
      return event.state === "on" && phase === "start" ? { phase: "watch" } : {};
    case "step": {
      const { step, of, share, why } = event;
      return { step: { number: step, of, share }, why };
    }
    case "extended":
      return { why: event.why };
    case "counts": {
      const { requests, errors, seconds, why } = event;
      return { requests, errors, seconds, why };
    }
    case "verdict": {
      const { verdict, requests, errors, why } = event;
      return { phase: verdict === "promote" ? "promote" : "remove", requests, errors, why };
    }
    case "rollout":
      return { why: `${event.healthy} of ${event.desired} healthy, ${event.status}` };
    case "bake":
      return {
        phase: "bake",
        why: `${Math.round(event.seconds)} of ${event.of} s, ${many(event.errors, "error")}`,
      };
    case "resumed":
      return { phase: event.act === "watch" ? "start" : event.act, release: event.release };
    case "rollback":
      return { phase: "roll-back", why: event.why };
    case "start":
    case "pulumi-output":
    case "pulumi-end":
    case "recording":
    case "metrics":
    case "smoke":
    case "smoked":
    case "exception":
    case "confirmed":
    case "evidence":
    // Each look says what it waits for, and when it no longer does.
    case "waits":
    case "canary":
    case "twin":
    case "fault":
    case "warning":
    case "promoted":
    case "gone":
    case "asked":
    case "interrupted":
    case "end":
      return {};
  }
}

function pulumiStarts(
  phase: Status["phase"],
  { stack, operation, release }: Extract<Event, { event: "pulumi-start" }>,
  { canary, production }: Stacks,
): Changed {
  switch (operation) {
    // What an earlier watch has left may go before the new canary comes.
    case "destroy":
      return phase === "bring-up" ? {} : { phase: "remove" };
    case "up":
      if (stack === production && phase === "bring-up") return { phase: "promote", release: release ?? null };
      // Also after what a killed gate had begun was carried out, and taken away.
      return stack === canary ? { phase: "bring-up", release: release ?? null } : {};
  }
}
