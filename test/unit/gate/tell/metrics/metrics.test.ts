import assert from "node:assert/strict";
import { Metrics } from "../../../../../gate/tell/metrics/metrics.ts";
import { textOf } from "../../../../../gate/tell/metrics/text.ts";
import type { Event } from "../../../../../gate/tell/events.ts";
import { origin, stacks, rejection, verdict } from "../told.ts";

const own = 'environment="staging",service="api"';

function metricsOf(until: number): Metrics {
  const metrics = new Metrics(new Date(1_000_000));
  metrics.setOrigin(origin, stacks);
  for (const event of rejection.slice(0, until)) metrics.tell(event, new Date(2_000_500));
  return metrics;
}
const indexOf = (name: string) => rejection.findIndex(({ event }) => event === name) + 1;

describe("metrics", () => {
  it("say what is released, where it is, and what was counted", () => {
    const lines = metricsOf(indexOf("counts")).text().split("\n");
    for (const line of [
      `nary_release_info{${own},stack="staging-canary",release="api:2"} 1`,
      `nary_release_phase{${own},phase="watch"} 1`,
      `nary_release_phase{${own},phase="ended"} 0`,
      `nary_release_verdict{${own},verdict="reject"} 0`,
      `nary_release_start_time_seconds{${own}} 1000`,
      `nary_traffic_on{${own}} 1`,
      `nary_traffic_share_ratio{${own}} 0.05`,
      `nary_traffic_duration_seconds{${own}} 1`,
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
      `nary_traffic_duration_seconds{${own}} 4.2`,
      `nary_failed_requests_total{${own},side="canary"} 1`,
      `nary_traffic_on{${own}} 0`,
    ])
      assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`);
  });

  it("have counters of each side that never go back, though a witness may be away", () => {
    const metrics = metricsOf(rejection.length);
    const { evidence } = verdict;
    const seen = (canary: number, compared: number, clientErrors: number | null) => {
      const of = (count: number) => ({ requests: count, failed: count, errors: count });
      const now = { ...evidence, canary: of(canary), other: of(compared), clientErrors };
      metrics.tell({ ...verdict, evidence: now }, new Date());
    };
    seen(12, 30, 2);
    seen(3, 4, 1);
    seen(3, 4, null);
    const counted = metrics.text().match(/^nary_(?:requests|failed_requests|errors|client_errors)_total.*/gm);
    assert.deepEqual(counted, [
      ...["requests", "failed_requests", "errors"].flatMap((name) => [
        `nary_${name}_total{${own},side="canary"} 12`,
        `nary_${name}_total{${own},side="compared"} 30`,
      ]),
      `nary_client_errors_total{${own}} 2`,
    ]);
  });

  it("say how many instances there are of each role, and what failed on them", () => {
    const metrics = metricsOf(indexOf("counts"));
    const instance = { node: "n", state: "running", address: null, why: "runs" } as const;
    const fault = { event: "fault", instance: "i-1", why: "is silent" } as const;
    const events: Event[] = [
      { ...instance, event: "canary", instance: "i-2" },
      { ...instance, event: "twin", instance: "i-3" },
      { ...fault, role: "canary", kind: "silent" },
      { ...fault, role: "canary", kind: "silent" },
      { ...fault, role: "twin", kind: "silent" },
    ];
    for (const event of events) metrics.tell(event, new Date());
    const lines = metrics.text().split("\n");
    for (const line of [
      `nary_instances{${own},role="canary",state="running"} 2`,
      `nary_instances{${own},role="twin",state="running"} 1`,
      `nary_faults_total{${own},role="canary",kind="silent"} 2`,
      `nary_faults_total{${own},role="twin",kind="silent"} 1`,
    ])
      assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`);
  });

  it("say how far a roll-out is, and what went wrong beside it", () => {
    const metrics = metricsOf(indexOf("counts"));
    const rollout = { job: "api", release: "api:2", healthy: 1, desired: 3, serving: 2, status: "running" };
    const events: Event[] = [
      { event: "rollout", ...rollout },
      { event: "warning", why: "one" },
      { event: "warning", why: "two" },
      { event: "rollback", release: "api:1", why: "so" },
      { event: "pulumi-start", stack: "staging-production", operation: "up", release: "api:1" },
    ];
    for (const event of events) metrics.tell(event, new Date());
    for (const outcome of ["delivered", "failed", "delivered"] as const) metrics.message(outcome);
    const lines = metrics.text().split("\n");
    for (const line of [
      `nary_release_info{${own},stack="staging-canary",release="api:2"} 1`,
      `nary_rollout_healthy_instances{${own}} 1`,
      `nary_rollout_desired_instances{${own}} 3`,
      `nary_warnings_total{${own}} 2`,
      `nary_webhook_messages_total{${own},outcome="delivered"} 2`,
      `nary_webhook_messages_total{${own},outcome="failed"} 1`,
    ])
      assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`);
  });

  it("keep the verdict of a command that broke after it", () => {
    const metrics = metricsOf(indexOf("verdict"));
    const end = {
      why: "it broke",
      release: "api:2",
      requests: 9,
      errors: 1,
      seconds: 12,
      exitCode: 4,
    } as const;
    metrics.tell({ event: "end", verdict: null, ...end }, new Date());
    assert.match(metrics.text(), /nary_release_verdict\{.*verdict="reject"\} 1\n/);
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
