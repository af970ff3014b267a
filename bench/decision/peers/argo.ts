import { successPercent, type MinuteRule } from "./minute.ts";

/** Measurements failed and taken. */
type State = { failed: number; count: number };

const count = 5;

/**
 * Argo Rollouts, an analysis as a step: a measurement each minute that fails below a success rate; more than
 * `failureLimit` of them abort, and `count` of them are enough (its docs, features/analysis, "Analysis at a Predefined
 * Step", and assessMetricStatus in its analysis.go). Without requests the measurement fails. The step before sets the weight to 20.
 */
export function argo(leastPercent: number, failureLimit: number): MinuteRule<State> {
  return {
    begin: { failed: 0, count: 0 },
    share: () => 0.2,
    after: (state, { canary }) => {
      const failed = state.failed + (successPercent(canary) >= leastPercent ? 0 : 1);
      if (failed > failureLimit) return { told: "reject" };
      if (state.count + 1 >= count) return { told: "promote" };
      return { told: "wait", state: { failed, count: state.count + 1 } };
    },
  };
}
