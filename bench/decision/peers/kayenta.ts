import { shiftAt } from "./mann-whitney.ts";
import type { MinuteRule } from "./minute.ts";

/** Failed requests of each minute until now. */
type State = { canary: readonly number[]; baseline: readonly number[] };

const minutesPerJudgement = 60;
const judgements = 3;
const tolerance = 0.25;
/** The 99 % quantile of the normal distribution: half of what an interval of 98 % leaves out. */
const quantile = 2.3263478740408408;

/**
 * Whether Kayenta calls the canary's values high: the lower bound of the difference, with 98 % confidence, is above a
 * quarter of its estimate, and the mean is not below the baseline's (NetflixACAJudge, MannWhitneyClassifier).
 */
export function isHigh(canary: readonly number[], baseline: readonly number[]): boolean {
  const x = canary.toSorted((one, other) => one - other);
  const y = baseline.toSorted((one, other) => one - other);
  if (x[0] === y.at(-1) && x.at(-1) === y[0]) return false;
  // Where neither side changes at all, it adds a noise that is too small to matter here.
  if (x[0] === x.at(-1) && y[0] === y.at(-1)) return (x[0] ?? 0) > (y[0] ?? 0);
  if (mean(x) < mean(y)) return false;
  return shiftAt(quantile, x, y) > tolerance * Math.abs(shiftAt(0, x, y));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Spinnaker's canary stage with Kayenta's usual judge, a canary beside a baseline of the same size: a lifetime of three
 * hours, judged after each on all minutes so far. The metric is the count of failed requests a minute, direction
 * `increase`. One metric scores 100 or 0, so it fails at the first hour in which it is high (Spinnaker's docs, "Canary
 * analysis"; docs/canary-config.md).
 */
export const kayenta: MinuteRule<State> = {
  begin: { canary: [], baseline: [] },
  after: (state, minute) => {
    const canary = [...state.canary, minute.canary.failed];
    const baseline = [...state.baseline, minute.other.failed];
    if (canary.length % minutesPerJudgement === 0) {
      if (isHigh(canary, baseline)) return { told: "reject" };
      if (canary.length === judgements * minutesPerJudgement) return { told: "promote" };
    }
    return { told: "wait", state: { canary, baseline } };
  },
};
