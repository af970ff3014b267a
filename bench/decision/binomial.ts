/** ln of n! / (k! · (n − k)!), by as many terms as the smaller of k and n − k. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let index = 1; index <= Math.min(k, n - k); index++) sum += Math.log((n - index + 1) / index);
  return sum;
}

/** Probability of at least so many successes; exact but for rounding. */
export function atLeast(successes: number, trials: number, probability: number): number {
  if (successes <= 0) return 1;
  if (successes < trials * probability) return 1 - atLeast(trials - successes + 1, trials, 1 - probability);
  const odds = probability / (1 - probability);
  const log = logChoose(trials, successes);
  let term = Math.exp(
    log + successes * Math.log(probability) + (trials - successes) * Math.log1p(-probability),
  );
  let sum = 0;
  for (let k = successes; k <= trials && term > sum * 1e-18; k++) {
    sum += term;
    term *= ((trials - k) / (k + 1)) * odds;
  }
  return Math.min(1, sum);
}
