/** Of the difference canary − other. */
export type Shift = { estimate: number; lower: number; upper: number };

/**
 * The Hodges–Lehmann estimate of the shift between two samples, and its confidence interval by order statistics of all
 * differences with the normal approximation of the rank sum (Hollander and Wolfe, Nonparametric Statistical Methods,
 * section 4.3). No library was found that gives the interval. R's wilcox.test, and Kayenta's port of it, search for its
 * ends as roots of the same approximation.
 *
 * @param z - quantile of the standard normal distribution for one side of the interval
 */
export function shift(canary: readonly number[], other: readonly number[], z: number): Shift {
  const [m, n] = [canary.length, other.length];
  const differences = new Float64Array(m * n);
  let index = 0;
  for (const mine of canary) for (const theirs of other) differences[index++] = mine - theirs;
  differences.sort();
  const rank = Math.max(1, Math.floor((m * n) / 2 - z * Math.sqrt((m * n * (m + n + 1)) / 12)));
  const at = (position: number) => differences[position] ?? Number.NaN;
  const middle = (m * n - 1) / 2;
  return {
    estimate: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    lower: at(rank - 1),
    upper: at(m * n - rank),
  };
}
