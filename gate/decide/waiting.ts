import type { People } from "./people.ts";
import { forApproval, type Lack } from "./steps.ts";
import type { Decided, Outcome, Proof, WaitsFor } from "./verdict.ts";

export function abortedBy({ aborted }: People): ({ type: "reject" } & Decided) | undefined {
  if (aborted === null) return undefined;
  return { type: "reject", why: `${aborted.by} aborted it: ${aborted.why}`, rule: "people: abort" };
}

/** A promotion by hand proves no more than the policy does. */
export function promotedBy(
  { promoted }: People,
  policy: Outcome,
): ({ type: "promote"; proves: readonly Proof[] } & Decided) | undefined {
  if (promoted === null) return undefined;
  const why = `${promoted.by} promoted it: ${promoted.why}; ${policy.why}`;
  const proves = policy.type === "promote" ? policy.proves : [];
  return { type: "promote", why, rule: "people: promote", proves };
}

export type Holding = {
  policy: Outcome;
  /** Why the checks let a promotion wait, where they do. */
  waiting: string | undefined;
  lack: Lack | null;
  /** Whether the promotion itself still needs somebody's approval. */
  unapproved: boolean;
  people: People;
};

/** What keeps a release where it is, and the person whom it waits for. */
export type Held = { isHeld: boolean; why: string; waitsFor: WaitsFor };

export function heldBack({ policy, waiting, lack, unapproved, people }: Holding): Held {
  const { pausedBy } = people;
  const isReady = policy.type === "promote" && waiting === undefined && lack === null;
  const lacksLast = isReady && unapproved;
  const reasons = [
    ...(policy.type === "promote" && waiting !== undefined ? [waiting] : []),
    ...(lack === null ? [] : [lack.why]),
    ...(lacksLast ? [`it ${forApproval}`] : []),
    ...(pausedBy === null ? [] : [`${pausedBy} holds it (nary resume)`]),
  ];
  return {
    isHeld: reasons.length > 0,
    why: [policy.why, ...reasons].join("; "),
    // An approval comes first: it is what `nary promote` then gives, whoever else holds the release.
    waitsFor: lacksLast || lack?.needsApproval === true ? "approval" : pausedBy === null ? null : "resume",
  };
}

/** The time with traffic in which a release did not wait for a person. */
export class Clock {
  #waited = 0;
  #last: { seconds: number; waits: boolean } = { seconds: 0, waits: false };

  /** What has passed until this moment. */
  at(seconds: number): number {
    return seconds - this.#waitedUntil(seconds);
  }

  /** Takes down whether it waits from this moment on. */
  saw(seconds: number, waits: boolean): void {
    this.#waited = this.#waitedUntil(seconds);
    this.#last = { seconds, waits };
  }

  #waitedUntil(seconds: number): number {
    return this.#waited + (this.#last.waits ? Math.max(0, seconds - this.#last.seconds) : 0);
  }
}
