import { success, type Peer } from "./peer.ts";

const measurements = 5;

/**
 * Argo Rollouts' analysis as in docs/features/analysis.md: `interval: 60s`, `count: 5`, `successCondition: result >= 0.95`.
 * More failed measurements than failureLimit abort. Without requests the query gives NaN, which is not >= 0.95.
 *
 * @param failureLimit - 0 unless its user gives one, as of the documentation's 3
 */
export const argo = (failureLimit: number): Peer => ({
  name: `Argo Rollouts, failureLimit ${failureLimit}`,
  query: "success rate of the canary over 1 minute >= 95 %, 5 measurements",
  windowSeconds: 60,
  begin: () => {
    let seen = 0;
    let failures = 0;
    return ({ canary }) => {
      seen += 1;
      if ((success(canary) ?? 0) < 0.95) failures += 1;
      if (failures > failureLimit) return "reject";
      return seen === measurements ? "promote" : "wait";
    };
  },
});
