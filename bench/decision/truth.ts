import type { Errors, Scenario } from "./traffic.ts";

/** Good releases must not be rejected, bad ones not promoted; in between, neither is wrong. */
export type Truth = "good" | "bad" | "between";

/** From when on a release is bad. */
export type Limits = { margin: number; errorRate: number };

/**
 * What a release is beside that other side: good when it never fails more often, bad when it always fails at least
 * `margin` times as often and at least at `errorRate`.
 */
export function truthOf({ canary, other }: Pick<Scenario, "canary" | "other">, limits: Limits): Truth {
  const times = [atFirst, later].map((rate) => ({ mine: rate(canary), theirs: rate(other) }));
  if (times.every(({ mine, theirs }) => mine <= theirs)) return "good";
  const isBad = times.every(({ mine, theirs }) => mine >= limits.margin * theirs && mine >= limits.errorRate);
  return isBad ? "bad" : "between";
}

const later = ({ rate }: Errors) => rate;
const atFirst = ({ rate, warmUp }: Errors) => rate * (warmUp?.times ?? 1);
