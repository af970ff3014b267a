import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import type { NomadJob } from "../../../components/job/nomad.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canaryOf, serviceOf } from "./descriptions.ts";

const second = 1_000_000_000;
const jobs = (changes: object): NomadJob[] => [
  renderCanaryJob(canaryOf(changes)),
  renderServiceJob(serviceOf(changes)),
];

/** The checks beside an instance's own two. */
const checksOf = (job: NomadJob | undefined) => job?.TaskGroups[0]?.Services?.[0]?.Checks.slice(2);

const common = {
  Interval: 10 * second,
  Timeout: 2 * second,
  OnUpdate: "require_healthy",
  FailuresBeforeCritical: 0,
  SuccessBeforePassing: 0,
};

describe("the health checks of a job", () => {
  it("are in Nomad's words, the same for canary and production", () => {
    const checks = [
      { type: "http", name: "ready", path: "/ready", port: "admin", headers: { A: "b" }, onUpdate: "ignore" },
      { type: "tcp", name: "open", intervalSeconds: 1.5, timeoutSeconds: 1, failuresBeforeCritical: 2 },
      { type: "grpc", name: "rpc", service: "a.B", tls: true },
    ];
    for (const job of jobs({ checks, ports: { admin: {} } })) {
      assert.deepEqual(checksOf(job), [
        {
          Type: "http",
          Name: "ready",
          ...common,
          OnUpdate: "ignore",
          PortLabel: "admin",
          Path: "/ready",
          Method: "GET",
          Protocol: "http",
          TLSSkipVerify: false,
          Header: { A: ["b"] },
        },
        {
          Type: "tcp",
          Name: "open",
          ...common,
          Interval: 1.5 * second,
          Timeout: second,
          FailuresBeforeCritical: 2,
        },
        { Type: "grpc", Name: "rpc", ...common, GRPCUseTLS: true, TLSSkipVerify: false, GRPCService: "a.B" },
      ]);
    }
  });

  it("run their scripts where the release runs, or in a sidecar", () => {
    const script = { type: "script", command: "/bin/look", args: ["90"] };
    const checks = [
      { ...script, name: "disk" },
      { ...script, name: "beside", sidecar: "logs" },
    ];
    const [canary, production] = jobs({ checks });
    const tasks = (job: NomadJob | undefined) =>
      checksOf(job)?.map((check) => (check.Type === "script" ? check.TaskName : ""));
    assert.deepEqual(tasks(canary), ["api-canary-task", "logs-sidecar"]);
    assert.deepEqual(tasks(production), ["api-task", "logs-sidecar"]);
    assert.deepEqual(checksOf(canary)?.[0], {
      Type: "script",
      Name: "disk",
      ...common,
      Command: "/bin/look",
      Args: ["90"],
      TaskName: "api-canary-task",
    });
  });

  it("never make Nomad replace an instance", () => {
    const checks = [{ type: "tcp", name: "open" }];
    for (const job of jobs({ checks })) assert.doesNotMatch(JSON.stringify(job), /CheckRestart/);
  });
});

describe("the ports of a job", () => {
  const networkOf = (changes: object) => renderCanaryJob(canaryOf(changes)).TaskGroups[0]?.Networks;

  it("are the service's own first, with its options, and the others", () => {
    const ports = { metrics: {}, admin: { static: 9100, to: 9000 }, web: { to: 8080 } };
    assert.deepEqual(networkOf({ port: "web", ports }), [
      {
        DynamicPorts: [{ Label: "web", To: 8080 }, { Label: "metrics" }],
        ReservedPorts: [{ Label: "admin", To: 9000, Value: 9100 }],
      },
    ]);
  });

  it("may be the same on each client", () => {
    assert.deepEqual(networkOf({ ports: { http: { static: 80 } } }), [
      { ReservedPorts: [{ Label: "http", Value: 80 }] },
    ]);
  });

  it("are forwarded into the container of the release", () => {
    const task = renderCanaryJob(canaryOf({ ports: { metrics: {} } })).TaskGroups[0]?.Tasks[0];
    assert.deepEqual(task?.Config.ports, ["http", "metrics"]);
  });
});
