import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import type { NomadJob } from "../../../components/job/nomad.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canaryOf, serviceOf } from "./descriptions.ts";

const second = 1_000_000_000;

/** The only group of a job, its only service and its only task. */
function partsOf({ TaskGroups: [group] }: NomadJob) {
  const service = group?.Services?.[0];
  const task = group?.Tasks[0];
  assert.ok(group && service && task);
  return { group, service, task };
}

describe("the canary's job", () => {
  it("is called as in the seed", () => {
    const job = renderCanaryJob(canaryOf({ port: "webserver_http", cpu: 5000, memory: 1600 }));
    const { group, service, task } = partsOf(job);
    assert.deepEqual(
      [job.ID, job.Name, group.Name, group.Count, service.Name, service.PortLabel, task.Name],
      ["api-canary", "api-canary", "api-canary-group", 8, "api-canary", "webserver_http", "api-canary-task"],
    );
    assert.deepEqual(group.Networks, [{ DynamicPorts: [{ Label: "webserver_http" }] }]);
    assert.deepEqual(task.Resources, { CPU: 5000, MemoryMB: 1600 });
  });

  it("says what it is to whoever finds it", () => {
    assert.deepEqual(renderCanaryJob(canaryOf()).Meta, {
      nary_environment: "default",
      nary_service: "api",
      nary_role: "canary",
      nary_release: "registry/api:2",
    });
  });

  it("does not start again what died", () => {
    const { group } = partsOf(renderCanaryJob(canaryOf()));
    assert.deepEqual(group.RestartPolicy, { Attempts: 0, Mode: "fail" });
    assert.deepEqual(group.ReschedulePolicy, { Attempts: 0, Unlimited: false });
  });

  it("replaces another canary all at once, within the time that the gate gives it", () => {
    const { Update: update } = renderCanaryJob(canaryOf({ startSeconds: 42 }));
    assert.equal(update?.MaxParallel, 8);
    assert.equal(update.HealthyDeadline, 42 * second);
    assert.ok(update.ProgressDeadline > update.HealthyDeadline);
  });
});

describe("the twin's job", () => {
  it("is the canary's in all but the names and the role", () => {
    const renamed = JSON.stringify(renderCanaryJob(canaryOf()))
      .replaceAll("api-canary", "api-twin")
      .replaceAll('"canary"', '"twin"');
    assert.deepEqual(renderCanaryJob(canaryOf({ role: "twin" })), JSON.parse(renamed));
  });
});

describe("production's job", () => {
  it("is called after the service", () => {
    const job = renderServiceJob(serviceOf());
    const { group, service, task } = partsOf(job);
    assert.deepEqual([job.ID, group.Name, service.Name, task.Name], ["api", "api-group", "api", "api-task"]);
  });

  it("rolls out as it is told, and leaves going back to the gate", () => {
    const update = { maxParallel: 2, minHealthySeconds: 1.5, healthySeconds: 30 };
    const { Update: rendered } = renderServiceJob(serviceOf({ update }));
    assert.deepEqual(rendered, {
      MaxParallel: 2,
      HealthCheck: "checks",
      MinHealthyTime: 1.5 * second,
      HealthyDeadline: 30 * second,
      ProgressDeadline: 330 * second,
      AutoRevert: false,
    });
  });

  it("keeps Nomad's own restarts", () => {
    const { group } = partsOf(renderServiceJob(serviceOf()));
    assert.equal(group.RestartPolicy, undefined);
    assert.equal(group.ReschedulePolicy, undefined);
  });
});

describe("both jobs", () => {
  it("agree in all but name, count, role and what becomes of the dead", () => {
    const changes = { env: { A: "b" }, datacenters: ["dc1"], task: { driver: "raw_exec", command: "run" } };
    const { group: canary, task: canaryTask } = partsOf(renderCanaryJob(canaryOf({ ...changes, count: 2 })));
    const { group: stable, task: stableTask } = partsOf(renderServiceJob(serviceOf(changes)));
    assert.deepEqual(
      { ...canaryTask, Name: "", Env: { ...canaryTask.Env, NARY_ROLE: "" } },
      { ...stableTask, Name: "", Env: { ...stableTask.Env, NARY_ROLE: "" } },
    );
    assert.equal(canary.ShutdownDelay, stable.ShutdownDelay);
    assert.deepEqual(canary.Networks, stable.Networks);
  });

  it("have two checks, and only production's roll-out waits for the one that says whether traffic is wanted", () => {
    const checks = (job: NomadJob) =>
      partsOf(job).service.Checks.map(({ Name, Type, OnUpdate }) => [Name, Type, OnUpdate]);
    assert.deepEqual(checks(renderCanaryJob(canaryOf())), [
      ["liveness", "tcp", "require_healthy"],
      ["routing", "http", "ignore"],
    ]);
    assert.deepEqual(checks(renderServiceJob(serviceOf())), [
      ["liveness", "tcp", "require_healthy"],
      ["routing", "http", "require_healthy"],
    ]);
  });

  it("run an image under docker, on the port that Nomad forwards", () => {
    const { task } = partsOf(
      renderCanaryJob(canaryOf({ port: "web", task: { driver: "docker", args: ["-v"] } })),
    );
    assert.deepEqual(task.Config, {
      image: "registry/api:2",
      ports: ["web"],
      force_pull: false,
      args: ["-v"],
    });
    assert.equal(task.Env["PORT"], "${NOMAD_PORT_web}");
    assert.equal(task.Env["HOST"], "0.0.0.0");
  });

  it("listen on the client's own address where a container shares its network", () => {
    const shared = canaryOf({ port: "web", task: { driver: "docker", networkMode: "host" } });
    assert.equal(partsOf(renderCanaryJob(shared)).task.Env["HOST"], "${NOMAD_IP_web}");
  });

  it("run the release itself under raw_exec, or a command that is told of it", () => {
    const driver = "raw_exec";
    const plain = partsOf(renderCanaryJob(canaryOf({ release: "/srv/api-2", task: { driver } }))).task;
    assert.deepEqual(plain.Config, { command: "/srv/api-2", args: [] });
    assert.equal(plain.Env["HOST"], "${NOMAD_IP_http}");
    const command = partsOf(
      renderCanaryJob(canaryOf({ task: { driver, command: "node", args: ["x"] } })),
    ).task;
    assert.deepEqual(command.Config, { command: "node", args: ["x"] });
    assert.equal(command.Env["NARY_RELEASE"], "registry/api:2");
  });

  it("run the release under exec as under raw_exec, only shut off from its neighbours", () => {
    const [exec, raw] = ["exec", "raw_exec"].map(
      (driver) => partsOf(renderServiceJob(serviceOf({ task: { driver, args: ["x"] } }))).task,
    );
    assert.equal(exec?.Driver, "exec");
    assert.deepEqual({ ...exec, Driver: "raw_exec" }, raw);
  });

  it("let a user choose HOST and PORT, but not what Nary says of the instance", () => {
    const { task } = partsOf(renderServiceJob(serviceOf({ env: { HOST: "::", PORT: "80", TZ: "UTC" } })));
    assert.deepEqual(task.Env, {
      HOST: "::",
      PORT: "80",
      TZ: "UTC",
      NARY_RELEASE: "registry/api:2",
      NARY_ROLE: "production",
      NARY_SERVICE: "api",
    });
  });

  it("stop as HAProxy's check interval asks for", () => {
    for (const [changes, delay, timeout] of [
      [{}, 2, 12],
      [{ checkIntervalSeconds: 2 }, 5, 16],
    ] as const) {
      const { group, task } = partsOf(renderCanaryJob(canaryOf(changes)));
      assert.deepEqual([group.ShutdownDelay, task.KillTimeout], [delay * second, timeout * second]);
    }
  });

  it("stop with SIGTERM, after the delay in which HAProxy hears of it", () => {
    const { group, task } = partsOf(
      renderServiceJob(serviceOf({ shutdownDelaySeconds: 0.5, killTimeoutSeconds: 9 })),
    );
    assert.deepEqual(
      [group.ShutdownDelay, task.KillSignal, task.KillTimeout],
      [0.5 * second, "SIGTERM", 9 * second],
    );
  });
});
