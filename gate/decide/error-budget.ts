import type { ErrorBudget } from "../../settings/policy.ts";
import type { Counted, Outcome } from "./verdict.ts";
import { percent, rate } from "./words.ts";

type Rates = Pick<ErrorBudget, "acceptable" | "unacceptable" | "phi">;

/**
 * ln of the likelihood ratio of the unacceptable rate p1 against the acceptable one p0, with x of n requests failed:
 * (x · ln(p1 / p0) + (n − x) · ln((1 − p1) / (1 − p0))) / phi.
 * Its exponential is a martingale with mean 1 under p0, its reciprocal one under p1, so that the bounds 1/alpha and
 * beta hold however often it is looked at (Ville's inequality; Wald, 1945).
 */
export function logLikelihoodRatio(
  { acceptable, unacceptable, phi }: Rates,
  { requests, failed }: Pick<Counted, "requests" | "failed">,
): number {
  // A canary that crashed without a request has failed one.
  const well = Math.max(0, requests - failed);
  const perFailed = Math.log1p((unacceptable - acceptable) / acceptable);
  const perWell = Math.log1p((acceptable - unacceptable) / (1 - acceptable));
  return (failed * perFailed + well * perWell) / phi;
}

/** Rejects when the unacceptable rate has become 1/alpha times as likely as the acceptable one, promotes at beta times. */
export function errorBudget(policy: ErrorBudget, canary: Counted): Outcome {
  const { acceptable, unacceptable, alpha, beta, maxRequests } = policy;
  const { requests, failed } = canary;
  const ratio = logLikelihoodRatio(policy, canary);
  const seen = `${failed} of ${requests} requests failed`;
  if (ratio >= -Math.log(alpha)) {
    const why = `${seen}: that is ${Math.floor(1 / alpha)} times as likely at an error rate of ${rate(unacceptable)} as at ${rate(acceptable)}`;
    return { type: "reject", why, rule: "error-budget: reject" };
  }
  if (ratio <= Math.log(beta)) {
    const confidence = 1 - beta;
    const why = `${seen}: the error rate is below ${rate(unacceptable)} with ${percent(confidence)} confidence`;
    const proves = [{ type: "rate", errorRate: unacceptable, confidence }] as const;
    return { type: "promote", why, rule: "error-budget: promote", proves };
  }
  if (requests >= maxRequests) {
    const why = `${seen}, which still fits ${rate(acceptable)} and ${rate(unacceptable)} after the most requests, ${maxRequests}`;
    return { type: "inconclusive", why, rule: "error-budget: request limit" };
  }
  return { type: "wait", why: seen };
}
