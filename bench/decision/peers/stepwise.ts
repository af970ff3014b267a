import { success, type Peer } from "./peer.ts";

const leastSuccess = 0.99;

/**
 * Weight goes up by a step after each check that passes; so many failed checks roll back. No value of the metric is a
 * failed check. The canary's share stays the scenario's, so that all rules see the same traffic.
 */
const stepwise = (name: string, threshold: number, steps: number): Peer => ({
  name: `${name}, threshold ${threshold}`,
  query: `success rate of the canary over 1 minute >= 99 %, ${steps} steps`,
  windowSeconds: 60,
  begin: () => {
    let passed = 0;
    let failed = 0;
    return ({ canary }) => {
      if ((success(canary) ?? 0) < leastSuccess) failed += 1;
      else passed += 1;
      if (failed >= threshold) return "reject";
      return passed === steps ? "promote" : "wait";
    };
  },
});

/**
 * Flagger's analysis as in docs/gitbook/usage/how-it-works.md: `interval: 1m`, `maxWeight: 50`, `stepWeight: 10`,
 * `request-success-rate` of at least 99 over `interval: 1m`.
 */
export const flagger = (threshold: number): Peer => stepwise("Flagger", threshold, 5);

/**
 * consul-release-controller's Nomad example: `interval: 60s`, `initial_traffic: 10`, `traffic_step: 10`,
 * `error_threshold: 5`, `envoy-request-success` of at least 99.
 */
export const releaseController = (threshold: number): Peer =>
  stepwise("consul-release-controller", threshold, 10);
