import { cleanRequests, type Baseline } from "../../settings/policy.ts";
import { logPromote, logReject, type Comparison } from "./comparison.ts";
import type { Evidence, Outcome, Proof } from "./verdict.ts";
import { percent, rate } from "./words.ts";
import { confidenceOf } from "./zero-errors.ts";

/** The side that the canary is compared with. */
export type OtherSide = "twin" | "production";

/**
 * Rejects when the evidence that the canary fails more often reaches 1/alpha. Promotes, once the minima are met, when
 * the evidence that it fails less than `margin` times as often reaches 1/beta, or when it failed nothing in as many
 * requests as the bound asks for.
 *
 * @param ran - seconds with traffic in which it did not wait for a person
 */
export function baseline(
  policy: Baseline,
  { seconds, canary, other }: Evidence,
  ran: number,
  comparison: Comparison,
  otherSide: OtherSide,
): Outcome {
  const { alpha, beta, margin, minRequests, minSeconds, maxRequests, maxSeconds, phi } = policy;
  const mine = `${canary.failed} of ${canary.requests} requests failed`;
  const theirs =
    other === null
      ? `nothing is known of ${otherSide}`
      : `${other.failed} of ${other.requests} of ${otherSide}`;
  const seen = `${mine}, ${theirs}`;
  if (logReject(comparison) >= -Math.log(alpha)) {
    const why = `${seen}: the canary fails more often, with ${percent(1 - alpha)} confidence`;
    return { type: "reject", why, rule: "baseline: reject" };
  }
  const enough = canary.requests >= minRequests && seconds >= minSeconds;
  const closer = enough && logPromote(comparison) >= -Math.log(beta);
  const clean = enough && canary.failed === 0 && canary.requests >= cleanRequests(policy);
  const proves: Proof[] = [];
  const said: string[] = [];
  if (closer) {
    proves.push({ type: "ratio", margin, confidence: 1 - beta });
    said.push(
      `it fails less than ${margin} times as often as ${otherSide}, with ${percent(1 - beta)} confidence`,
    );
  }
  if (clean) {
    const { errorRate } = policy.bound;
    const confidence = confidenceOf(canary.requests, errorRate / phi);
    proves.push({ type: "rate", errorRate, confidence });
    said.push(`its error rate is below ${rate(errorRate)}, with ${percent(confidence)} confidence`);
  }
  if (proves.length > 0) {
    const rule = closer ? "baseline: promote" : "baseline: no failure";
    return { type: "promote", why: `${seen}: ${said.join("; ")}`, rule, proves };
  }
  if (canary.requests >= maxRequests) {
    const why = `${seen}, which decides nothing after the most requests, ${maxRequests}`;
    return { type: "inconclusive", why, rule: "baseline: request limit" };
  }
  if (maxSeconds !== undefined && ran >= maxSeconds) {
    const why = `${seen}, which decides nothing after the longest time, ${maxSeconds} s`;
    return { type: "inconclusive", why, rule: "time limit" };
  }
  return { type: "wait", why: seen };
}
