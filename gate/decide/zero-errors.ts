import { requestsFor, type ZeroErrors } from "../../settings/policy.ts";
import type { Counted, Outcome, Proof } from "./verdict.ts";
import { many, percent, rate } from "./words.ts";

/** With which confidence a bound is told when the policy gives a number of requests and no confidence of its own. */
const toldConfidence = 0.999;

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
export function proved(policy: ZeroErrors, requests: number): Extract<Proof, { type: "rate" }> {
  if ("requests" in policy.goal) {
    return { type: "rate", errorRate: errorRateOf(requests, toldConfidence), confidence: toldConfidence };
  }
  const { errorRate } = policy.goal;
  return { type: "rate", errorRate, confidence: confidenceOf(requests, errorRate) };
}

/** The first error rejects; the goal of requests without one promotes. */
export function zeroErrors(policy: ZeroErrors, canary: Counted, firstError: string | undefined): Outcome {
  const { requests, errors } = canary;
  const goal = goalOf(policy);
  if (errors > 0) {
    const first = firstError === undefined ? "" : `: ${firstError}`;
    const why = `${many(errors, "error")} in ${requests} requests${first}`;
    return { type: "reject", why, rule: "zero-errors: first error" };
  }
  if (requests >= goal) {
    const proof = proved(policy, requests);
    const why = `${requests} requests without an error: the error rate is below ${rate(proof.errorRate)} with ${percent(proof.confidence)} confidence`;
    return { type: "promote", why, rule: "zero-errors: goal", proves: [proof] };
  }
  return { type: "wait", why: `${requests} of ${goal} requests, no error` };
}
