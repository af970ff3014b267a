/** What both sides did at the same time. */
export type Interval = {
  canaryFailed: number;
  canary: number;
  otherFailed: number;
  other: number;
};

/** One bet for each k = 1..20. */
const steps = Array.from({ length: 20 }, (_, index) => (index + 1) / 2);

/** Bets on several ratios against one, all started with the same stake. */
export type Bets = {
  readonly against: number;
  readonly ratios: readonly number[];
  /** ln of what each has become. */
  readonly logs: readonly number[];
  /** ln of their mean: the e-value. */
  readonly log: number;
};

/** Bets that the canary fails more often than the other side: on ratios 2^(k/2), against 1. */
export const betsOnWorse = (): Bets =>
  bets(
    1,
    steps.map((step) => 2 ** step),
  );

/** Bets that it fails less than `margin` times as often: on ratios margin · 2^(−k/2), against the margin. */
export const betsOnBetter = (margin: number): Bets =>
  bets(
    margin,
    steps.map((step) => margin * 2 ** -step),
  );

const bets = (against: number, ratios: readonly number[]): Bets => ({
  against,
  ratios,
  logs: ratios.map(() => 0),
  log: 0,
});

/**
 * The bets after one more interval. Given which requests failed on either side, each failure was the canary's with
 * probability θ(ρ) = ρ · nc / (ρ · nc + nb); a bet on ρ against ρ0 is multiplied by
 * ((θ(ρ) / θ(ρ0))^xc · ((1 − θ(ρ)) / (1 − θ(ρ0)))^xb)^(1 / phi).
 * Where a side had no requests, nothing can be compared and nothing changes.
 */
export function after(before: Bets, interval: Interval, phi: number): Bets {
  const { canaryFailed, canary, otherFailed, other } = interval;
  if (canary === 0 || other === 0 || (canaryFailed === 0 && otherFailed === 0)) return before;
  const { against, ratios, logs } = before;
  const whole = against * canary + other;
  const next = ratios.map((ratio, index) => {
    // θ(ρ) / θ(ρ0) − 1, and (1 − θ(ρ0)) / (1 − θ(ρ)) − 1, without differences of numbers that are nearly the same.
    const mine = ((ratio / against - 1) * other) / (ratio * canary + other);
    const theirs = ((ratio - against) * canary) / whole;
    const log = (canaryFailed * Math.log1p(mine) - otherFailed * Math.log1p(theirs)) / phi;
    return (logs[index] ?? 0) + log;
  });
  return { against, ratios, logs: next, log: logMean(next) };
}

function logMean(logs: readonly number[]): number {
  const most = Math.max(...logs);
  const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
  return most + Math.log(sum / logs.length);
}
