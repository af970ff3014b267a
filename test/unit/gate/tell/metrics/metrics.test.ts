import assert from "node:assert/strict";
import { Metrics } from "../../../../../gate/tell/metrics/metrics.ts";
import { textOf } from "../../../../../gate/tell/metrics/text.ts";
import { origin, rejection, verdict } from "../told.ts";

const own = 'environment="staging",service="api"';

function metricsOf(until: number): Metrics {
  const metrics = new Metrics(new Date(1_000_000));
  metrics.setOrigin(origin);
  for (const event of rejection.slice(0, until)) metrics.tell(event, new Date(2_000_500));
  return metrics;
}
const indexOf = (name: string) => rejection.findIndex(({ event }) => event === name) + 1;

describe("metrics", () => {
  it("say what is released, where it is, and what was counted", () => {
    const lines = metricsOf(indexOf("counts")).text().split("\n");
    for (const line of [
      `nary_release_info{${own},stack="staging-canary",release="api:2"} 1`,
      `nary_release_phase{${own},phase="watching"} 1`,
      `nary_release_phase{${own},phase="ended"} 0`,
      `nary_release_verdict{${own},verdict="reject"} 0`,
      `nary_release_start_time_seconds{${own}} 1000`,
      `nary_traffic_on{${own}} 1`,
      `nary_traffic_share_ratio{${own}} 0.05`,
      `nary_requests_total{${own},side="canary"} 5`,
      `nary_errors_total{${own},side="canary"} 0`,
      `nary_instances{${own},role="canary",state="running"} 1`,
      `nary_instances{${own},role="canary",state="starting"} 0`,
    ])
      assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`);
    assert.ok(!lines.some((line) => line.startsWith("nary_release_exit_code")));
  });

  it("say at the end how it ended", () => {
    const lines = metricsOf(rejection.length).text().split("\n");
    for (const line of [
      `nary_release_verdict{${own},verdict="reject"} 1`,
      `nary_release_phase{${own},phase="ended"} 1`,
      `nary_release_exit_code{${own}} 1`,
      `nary_release_duration_seconds{${own}} 12.3`,
      `nary_release_end_time_seconds{${own}} 2000.5`,
      `nary_failed_requests_total{${own},side="canary"} 1`,
      `nary_traffic_on{${own}} 0`,
    ])
      assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`);
  });

  it("have counters that never go back, though a witness may be away", () => {
    const metrics = metricsOf(rejection.length);
    const { evidence } = verdict;
    metrics.tell(
      { ...verdict, evidence: { ...evidence, canary: { requests: 3, failed: 0, errors: 0 } } },
      new Date(),
    );
    assert.match(metrics.text(), /nary_requests_total\{.*\} 9\n/);
  });

  it("are none as long as nobody knows what they are of", () => {
    assert.equal(new Metrics(new Date()).text(), "");
  });
});

describe("Prometheus' text format", () => {
  it("has each metric's series together behind its help and type, and labels escaped", () => {
    assert.equal(
      textOf([
        {
          name: "a_total",
          type: "counter",
          help: "One\nand \\ two.",
          series: [
            { labels: { x: 'say "\\"\n' }, value: 1 },
            { labels: {}, value: 0.5 },
          ],
        },
        { name: "b", type: "gauge", help: "Nothing.", series: [] },
      ]),
      '# HELP a_total One\\nand \\\\ two.\n# TYPE a_total counter\na_total{x="say \\"\\\\\\"\\n"} 1\na_total 0.5\n',
    );
  });
});
