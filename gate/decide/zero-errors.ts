import type { Policy } from "../../settings/policy.ts";
import type { Bound, Tally, Verdict } from "./verdict.ts";

type ZeroErrors = Extract<Policy, { type: "zero-errors" }>;

/** With which confidence a bound is told when the policy gives a number of requests and no confidence of its own. */
const toldConfidence = 0.999;

/**
 * Requests without an error that rule out an error rate of `errorRate` or more with this confidence:
 * ⌈ln(1 − confidence) / ln(1 − errorRate)⌉.
 */
export function requestsFor({ errorRate, confidence }: Bound): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-errorRate));
}

/** Confidence with which that many requests without an error rule out the error rate: 1 − (1 − errorRate)^requests. */
export function confidenceOf(requests: number, errorRate: number): number {
  return -Math.expm1(requests * Math.log1p(-errorRate));
}

/** The error rate that that many requests without an error rule out: 1 − (1 − confidence)^(1 / requests). */
export function errorRateOf(requests: number, confidence: number): number {
  return requests === 0 ? 1 : -Math.expm1(Math.log1p(-confidence) / requests);
}

/** The requests without an error at which the policy promotes. */
export function goalOf(policy: ZeroErrors): number {
  return "requests" in policy.goal ? policy.goal.requests : requestsFor(policy.goal);
}

/** What a promotion after that many requests without an error proves, in the policy's own terms. */
export function proved(policy: ZeroErrors, requests: number): Bound {
  if ("requests" in policy.goal) {
    return { errorRate: errorRateOf(requests, toldConfidence), confidence: toldConfidence };
  }
  const { errorRate } = policy.goal;
  return { errorRate, confidence: confidenceOf(requests, errorRate) };
}

/** The first error rejects; the goal of requests without one promotes. */
export function zeroErrors(policy: ZeroErrors, tally: Tally): Verdict {
  const goal = goalOf(policy);
  const evidence = { requests: tally.requests, errors: tally.errors, seconds: tally.seconds, goal };
  if (tally.errors > 0) {
    const first = tally.firstError === undefined ? "" : `: ${tally.firstError}`;
    const number = tally.errors === 1 ? "1 error" : `${tally.errors} errors`;
    return { type: "reject", why: `${number} in ${tally.requests} requests${first}`, evidence };
  }
  if (tally.requests >= goal) {
    const proves = proved(policy, tally.requests);
    const why = `${tally.requests} requests without an error: the error rate is below ${rate(proves.errorRate)} with ${percent(proves.confidence)} confidence`;
    return { type: "promote", why, evidence, proves };
  }
  return { type: "wait", why: `${tally.requests} of ${goal} requests, no error`, evidence };
}

function rate(value: number): string {
  return value.toExponential(1).replace(".0e", "e");
}

/** Rounded down, so that no more is claimed than was proved. */
function percent(confidence: number): string {
  return `${Math.floor(confidence * 100_000) / 1000} %`;
}
