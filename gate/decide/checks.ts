import type { Reading } from "./observation.ts";

/** A guard rail beside the policy, as far as deciding needs to know it. */
export type CheckRule = {
  name: string;
  /** The canary's reading must not be above it. */
  limit?: number | undefined;
  /** Nor above this many times the other side's. */
  ratio?: number | undefined;
  /** What it means that there was nothing to see. */
  noData: "bad" | "wait" | "ok";
  /** Seconds for which it must be bad before that counts; 0 unless given. */
  forSeconds?: number | undefined;
  /** Seconds with traffic before which it is not looked at; 0 unless given. */
  afterSeconds?: number | undefined;
};

export type CheckState = { type: "ok" } | { type: "bad"; why: string } | { type: "wait"; why: string };

const ok: CheckState = { type: "ok" };

/** What a check says. Until it has been read for the first time it lets the promotion wait, whatever no data means. */
export function checkState(rule: CheckRule, readings: readonly Reading[]): CheckState {
  const reading = readings.find(({ check }) => check === rule.name);
  if (reading === undefined) return { type: "wait", why: `the check ${rule.name} has not been read yet` };
  const { canary, other, why } = reading;
  const { name, limit, ratio } = rule;
  if (canary !== null && limit !== undefined && canary > limit) {
    return { type: "bad", why: `the check ${name} is at ${canary}, above its limit of ${limit}` };
  }
  if (canary !== null && ratio !== undefined && other !== null && canary > ratio * other) {
    return {
      type: "bad",
      why: `the check ${name} is at ${canary}, above ${ratio} times the other side's ${other}`,
    };
  }
  if (canary !== null && (ratio === undefined || other !== null)) return ok;
  return withoutData(rule, why);
}

/** What a check says, and since when (in seconds with traffic) it has been bad, where that has to last. */
export type Lasting = { state: CheckState; badSince: number | undefined };

/**
 * What a check says that must have been bad for a while, or is not looked at from the beginning: until then the promotion
 * waits for it. Only a look at which it is well begins the while anew.
 *
 * @param state - what it says by itself at this look
 * @param badSince - what the look before gave
 */
export function lasting(
  rule: CheckRule,
  state: CheckState,
  seconds: number,
  badSince: number | undefined,
): Lasting {
  const { name, forSeconds = 0, afterSeconds = 0 } = rule;
  if (seconds < afterSeconds) {
    const why = `the check ${name} is looked at after ${afterSeconds} s with traffic`;
    return { state: { type: "wait", why }, badSince: undefined };
  }
  switch (state.type) {
    case "ok":
      return { state, badSince: undefined };
    case "wait":
      return { state, badSince };
    case "bad": {
      const since = badSince ?? seconds;
      if (seconds - since >= forSeconds) return { state, badSince: since };
      return {
        state: { type: "wait", why: `${state.why}, which counts after ${forSeconds} s` },
        badSince: since,
      };
    }
  }
}

function withoutData({ name, noData }: CheckRule, why: string): CheckState {
  const said = `the check ${name} has no data: ${why}`;
  switch (noData) {
    case "bad":
      return { type: "bad", why: said };
    case "wait":
      return { type: "wait", why: said };
    case "ok":
      return ok;
  }
}
