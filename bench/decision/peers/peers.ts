import { argo } from "./argo.ts";
import { consulReleaseController } from "./consul-release-controller.ts";
import { flagger } from "./flagger.ts";
import { kayenta } from "./kayenta.ts";
import { watchMinutes, type MinuteRule } from "./minute.ts";
import { seed } from "./seed.ts";
import type { Policy } from "../watch.ts";

const common = { kind: "peer", beside: "production", intervalSeconds: 5 } as const;

const byMinutes = <State>(name: string, query: string, rule: MinuteRule<State>): Policy => ({
  ...common,
  name,
  query,
  watch: () => watchMinutes(rule),
});

const istio = "success rate of the canary in the last minute (rate of istio_requests_total without 5xx) ≥";
const envoy =
  "success rate of the canary in the last minute (rate of envoy_cluster_upstream_rq without 5xx) ≥";
const perMinute = "a minute: 10 % of traffic, 10 more after each check that holds";

export const peers: readonly Policy[] = [
  {
    ...common,
    name: "seed 75,000",
    query: "the canary's counts; the first error stops it, 75,000 requests without one promote",
    watch: seed,
  },
  byMinutes(
    "argo 99 %, failureLimit 0",
    `${istio} 0.99, five times, one a minute, at weight 20`,
    argo(99, 0),
  ),
  byMinutes(
    "argo 95 %, failureLimit 3",
    `${istio} 0.95, five times, one a minute, at weight 20`,
    argo(95, 3),
  ),
  byMinutes("flagger 99 %, threshold 1", `${istio} 99, once ${perMinute} to 50 %`, flagger(1)),
  byMinutes("flagger 99 %, threshold 5", `${istio} 99, once ${perMinute} to 50 %`, flagger(5)),
  byMinutes(
    "consul-release-controller 99 %, threshold 1",
    `${envoy} 99, whole percents, once ${perMinute} to 90 %`,
    consulReleaseController(1),
  ),
  byMinutes(
    "consul-release-controller 99 %, threshold 5",
    `${envoy} 99, whole percents, once ${perMinute} to 90 %`,
    consulReleaseController(5),
  ),
  {
    ...common,
    name: "kayenta Mann–Whitney",
    query:
      "failed requests a minute of canary and baseline of the same size; 98 %, tolerance 0.25, after 1, 2 and 3 hours",
    beside: "twin",
    intervalSeconds: 60,
    watch: () => watchMinutes(kayenta),
  },
];
