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
