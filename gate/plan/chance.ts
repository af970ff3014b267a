/** Probability of at most so many failures among so many requests at this rate: the binomial distribution, term by term. */
export function atMost(failed: number, requests: number, rate: number): number {
  if (rate <= 0 || failed >= requests) return 1;
  if (rate >= 1) return 0;
  const logOdds = Math.log(rate) - Math.log1p(-rate);
  let log = requests * Math.log1p(-rate);
  let sum = Math.exp(log);
  for (let k = 1; k <= failed; k++) {
    log += Math.log((requests - k + 1) / k) + logOdds;
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/**
 * The highest rate that so many failures among so many requests are compatible with: the upper end of the interval of
 * Clopper and Pearson (1934), by bisection.
 */
export function highestRate(failed: number, requests: number, confidence: number): number {
  if (failed >= requests) return 1;
  let [low, high] = [failed / requests, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(failed, requests, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}
