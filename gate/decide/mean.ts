import type { Spent } from "../count/routes.ts";

/** What n requests have cost in one respect. */
export type Sample = Spent & { requests: number };

export const meanOf = ({ requests, sum }: Sample): number => sum / requests;

/** The standard deviation of one request; 0 where rounding makes the variance negative. */
export function deviationOf({ requests, sum, squares }: Sample): number {
  return Math.sqrt(Math.max(0, (squares - (sum * sum) / requests) / (requests - 1)));
}

/** At about so many requests a bound is as close as it can be. */
const closestAt = 200;

/**
 * How many standard deviations of one request its mean may be off after n of them: the one-sided asymptotic confidence
 * sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024),
 * √(2 · (n·ρ² + 1) / (n²·ρ²) · ln(1 + √(n·ρ² + 1) / (2·delta))), which holds at all n together.
 *
 * @param delta - most probability that the mean is ever further off
 */
export function radius(requests: number, delta: number): number {
  const log = -2 * Math.log(delta);
  const rhoSquared = (log + Math.log1p(log)) / closestAt;
  const t = requests * rhoSquared + 1;
  return Math.sqrt(((2 * t) / (requests * requests * rhoSquared)) * Math.log1p(Math.sqrt(t) / (2 * delta)));
}
