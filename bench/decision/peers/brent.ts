const tolerance = 1e-4;
const mostSteps = 1000;

type Point = { at: number; value: number };

/**
 * Where a function goes through zero between two points at which it is above and below, within 1e-4, by Brent's method.
 * Around a jump, on which side of it the answer lies depends on the steps, so they are those of R and Kayenta.
 *
 * @see R. Brent, Algorithms for Minimization without Derivatives (1973), chapter 4; R's zeroin
 */
export function zeroOf(f: (at: number) => number, from: number, to: number): number {
  const point = (at: number): Point => ({ at, value: f(at) });
  let before = point(from);
  let best = point(to);
  let across = before;
  if (before.value === 0) return from;
  for (let step = 0; step < mostSteps && best.value !== 0; step++) {
    const last = best.at - before.at;
    if (Math.abs(across.value) < Math.abs(best.value)) {
      [before, best, across] = [best, across, best];
    }
    const least = 2 * Number.EPSILON * Math.abs(best.at) + tolerance / 2;
    const half = (across.at - best.at) / 2;
    if (Math.abs(half) <= least) break;
    const hopeful = Math.abs(last) >= least && Math.abs(before.value) > Math.abs(best.value);
    const move = (hopeful ? interpolated(before, best, across, last, least) : undefined) ?? half;
    before = best;
    best = point(best.at + (Math.abs(move) < least ? (move > 0 ? least : -least) : move));
    if (best.value * across.value > 0) across = before;
  }
  return best.at;
}

/** The step by a line or a parabola through the points, where it is a better one than halving. */
function interpolated(before: Point, best: Point, across: Point, last: number, least: number) {
  const whole = across.at - best.at;
  const toBefore = best.value / before.value;
  let p: number;
  let q: number;
  if (before.at === across.at) {
    p = whole * toBefore;
    q = 1 - toBefore;
  } else {
    const beforeToAcross = before.value / across.value;
    const toAcross = best.value / across.value;
    p = toBefore * (whole * beforeToAcross * (beforeToAcross - toAcross) - last * (toAcross - 1));
    q = (beforeToAcross - 1) * (toAcross - 1) * (toBefore - 1);
  }
  if (p > 0) q = -q;
  else p = -p;
  const isBetter = p < 0.75 * whole * q - Math.abs(least * q) / 2 && p < Math.abs((last * q) / 2);
  return isBetter ? p / q : undefined;
}
