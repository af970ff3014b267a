import type { GateSettings } from "../../settings/schema.ts";
import type { Crew, Locked } from "../context.ts";
import { whoAmI } from "../lock/holder.ts";
import type { Listen } from "../tell/audience.ts";
import { firstPhase } from "../tell/phase.ts";
import { Control } from "./control.ts";
import { StatusWriter } from "./status-writer.ts";

type Needed = Pick<Locked, "consul" | "keys" | "tell" | "lock" | "stacks"> & {
  settings: { gate: Pick<GateSettings, "steps"> };
};

/**
 * Lets people see what a gate is doing, and ask something of it.
 *
 * @param command - such as `release registry.example/api@sha256:…`
 * @param listen - to all that the gate tells
 */
export async function withPeople<Given extends Needed, T>(
  given: Given,
  command: string,
  listen: Listen,
  work: (acting: Given & Crew) => Promise<T>,
): Promise<T> {
  const { consul, keys, tell, lock } = given;
  const { steps } = given.settings.gate;
  const [first] = steps;
  const [word = ""] = command.split(" ");
  const at = new Date().toISOString();
  const { by, host } = whoAmI();
  const status = new StatusWriter({
    ...given,
    first: {
      version: 1,
      gate: lock.hold.session,
      session: lock.hold.session,
      command,
      by,
      host,
      release: null,
      phase: firstPhase(word),
      step: first === undefined ? null : { number: 1, of: steps.length, share: first.share },
      requests: 0,
      errors: 0,
      seconds: 0,
      why: "",
      waitsFor: null,
      paused: null,
      heard: [],
      since: at,
      at,
    },
  });
  const control = new Control({
    consul,
    key: keys.control,
    gate: status.gate,
    situation: () => status.situation,
    onAnswer: (answer, before, { pausedBy, approvals }) => {
      status.heard(answer, { pausedBy, approvals: approvals > before.approvals });
    },
    tell,
  });
  const end = listen((event) => {
    status.told(event);
  });
  try {
    return await work({ ...given, people: () => control.people, control, status });
  } finally {
    end();
    await control.close();
    await status.close();
  }
}
