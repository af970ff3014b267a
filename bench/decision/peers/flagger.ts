import { successPercent, type MinuteRule } from "./minute.ts";

type State = { weight: number; failedChecks: number };

const leastPercent = 99;
const stepWeight = 10;
const maxWeight = 50;

/**
 * Flagger's progressive canary, with the values of its tutorials: each minute `request-success-rate` of the last one. A
 * check that holds moves ten percent more to the canary, or at 50 promotes; one that does not, also for want of requests,
 * moves nothing. So many failed checks in all roll back, at the next minute (its docs, "Progressive Delivery", and
 * advanceCanary in its scheduler.go).
 */
export function flagger(threshold: number): MinuteRule<State> {
  return {
    begin: { weight: stepWeight, failedChecks: 0 },
    share: ({ weight }) => weight / 100,
    after: ({ weight, failedChecks }, { canary }) => {
      if (failedChecks >= threshold) return { told: "reject" };
      if (!(successPercent(canary) >= leastPercent)) {
        return { told: "wait", state: { weight, failedChecks: failedChecks + 1 } };
      }
      if (weight >= maxWeight) return { told: "promote" };
      return { told: "wait", state: { weight: weight + stepWeight, failedChecks } };
    },
  };
}
