import type { Status } from "../../settings/status.ts";
import { many } from "../decide/words.ts";
import type { Event } from "../tell/events.ts";
import { phaseAfter, type StackNames } from "../tell/phase.ts";

/** Text that is kept of a sentence. */
const mostText = 1000;

export const shortened = (text: string) => text.slice(0, mostText);

/** What an event changes; the clock is the writer's. */
type Changed = Partial<Pick<Status, "release" | "requests" | "errors" | "seconds" | "why" | "step">>;

/** What a gate's status is after an event, but for its times. */
export function statusAfter(status: Status, event: Event, stacks: StackNames): Status {
  const phase = phaseAfter(status.phase, event, stacks);
  const changed = changedBy(status, event, stacks);
  if (changed.why !== undefined) changed.why = shortened(changed.why);
  const decided = !["bring-up", "start", "watch"].includes(phase);
  return { ...status, phase, ...changed, ...(decided ? { waitsFor: null } : {}) };
}

function changedBy({ phase }: Status, event: Event, stacks: StackNames): Changed {
  switch (event.event) {
    case "pulumi-start": {
      const { stack, operation, release } = event;
      const isFirst = stack === stacks.production && phase === "bring-up";
      return operation === "up" && (isFirst || stack === stacks.canary) ? { release: release ?? null } : {};
    }
    case "watching":
      return { release: event.release, why: event.goal };
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
      const { requests, errors, why } = event;
      return { requests, errors, why };
    }
    case "rollout":
      return { why: `${event.healthy} of ${event.desired} healthy, ${event.status}` };
    case "bake":
      return { why: `${Math.round(event.seconds)} of ${event.of} s, ${many(event.errors, "error")}` };
    case "resumed":
      return { release: event.release };
    case "rollback":
      return { why: event.why };
    case "start":
    case "traffic":
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
