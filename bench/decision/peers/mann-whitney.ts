import { zeroOf } from "./brent.ts";

/**
 * The score of the Mann–Whitney test for x above y, after `shift` was taken from each x: by the normal approximation, in
 * standard deviations, with average ranks for ties and the correction for continuity.
 *
 * @param x - sorted
 * @param y - sorted
 * @returns NaN where all values are the same
 * @see H. Mann, D. Whitney, Annals of Mathematical Statistics 18 (1947); R's wilcox.test
 */
export function mannWhitneyScore(x: readonly number[], y: readonly number[], shift: number): number {
  const n = x.length;
  const m = y.length;
  let above = 0;
  let ties = 0;
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    const ofX = (x[i] ?? Number.POSITIVE_INFINITY) - shift;
    const ofY = y[j] ?? Number.POSITIVE_INFINITY;
    const value = Math.min(ofX, ofY);
    const [fromX, fromY] = [i, j];
    while (i < n && (x[i] ?? 0) - shift === value) i++;
    while (j < m && y[j] === value) j++;
    const same = i - fromX + (j - fromY);
    above += (i - fromX) * (fromY + (j - fromY) / 2);
    ties += same ** 3 - same;
  }
  const difference = above - (n * m) / 2;
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return Number.NaN;
  return (difference - Math.sign(difference) / 2) / Math.sqrt(variance);
}

/**
 * The shift at which the score, which falls as the shift grows, goes through that value. With a score of 0 that is the
 * Hodges–Lehmann estimate of how far x is above y; with a quantile of the normal distribution, a bound on it.
 */
export function shiftAt(score: number, x: readonly number[], y: readonly number[]): number {
  const low = (x[0] ?? 0) - (y.at(-1) ?? 0);
  const high = (x.at(-1) ?? 0) - (y[0] ?? 0);
  if (mannWhitneyScore(x, y, low) <= score) return low;
  if (mannWhitneyScore(x, y, high) >= score) return high;
  return zeroOf((shift) => mannWhitneyScore(x, y, shift) - score, low, high);
}
