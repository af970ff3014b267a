import { successPercent, type MinuteRule } from "./minute.ts";

type State = { traffic: number; failed: number };

const min = 99;
const trafficStep = 10;
const maxTraffic = 100;

/**
 * consul-release-controller's strategy `canary`: each minute its preset `envoy-request-success`, of which the whole percent
 * counts. A check that holds takes ten percent more, and so on to the end; failed checks count from each step anew (Execute
 * in its pkg/plugins/canary/plugin.go, Check in pkg/plugins/prometheus/monitor.go). Without requests the check fails.
 */
export function consulReleaseController(errorThreshold: number): MinuteRule<State> {
  return {
    begin: { traffic: trafficStep, failed: 0 },
    share: ({ traffic }) => traffic / 100,
    after: ({ traffic, failed }, { canary }) => {
      if (!(Math.trunc(successPercent(canary)) >= min)) {
        if (failed + 1 >= errorThreshold) return { told: "reject" };
        return { told: "wait", state: { traffic, failed: failed + 1 } };
      }
      if (traffic + trafficStep >= maxTraffic) return { told: "promote" };
      return { told: "wait", state: { traffic: traffic + trafficStep, failed: 0 } };
    },
  };
}
