import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { adaptJob, type Released } from "../../../components/job/jobspec.ts";
import { transformed } from "../../../components/job/transform.ts";
import { nomadNamespace } from "../../../settings/placement.ts";
import { canaryOf } from "./descriptions.ts";

const { environment, service, release, port, statusPath } = canaryOf({
  release: "registry/shop:2",
  service: "shop",
});
const released: Released = { environment, service, release, port, statusPath, count: 4 };

const main = { Name: "web", Driver: "docker", Config: { image: "registry/shop:1", ports: ["http"] } };
const registered = { Name: "shop-web", PortLabel: "http", Tags: ["blue"], Checks: null };
const group = {
  Name: "web",
  Count: 2,
  Networks: [{ DynamicPorts: [{ Label: "http", To: 8080 }] }],
  Services: [registered],
  Tasks: [main],
  RestartPolicy: { Attempts: 5 },
};
const job = {
  ID: "shop-v7",
  Name: "shop-v7",
  Type: "service",
  Namespace: "team",
  Meta: { team: "a" },
  TaskGroups: [group],
};

const withGroup = (changes: object) => ({ ...job, TaskGroups: [{ ...group, ...changes }] });
const withService = (changes: object) => withGroup({ Services: [{ ...registered, ...changes }] });
const withTask = (changes: object) => withGroup({ Tasks: [{ ...main, ...changes }] });

const meta = (role: string) => ({
  team: "a",
  nary_environment: "default",
  nary_service: "shop",
  nary_role: role,
  nary_release: "registry/shop:2",
});

describe("a job of the user's own", () => {
  it("keeps all but name, count, release and the service's name, and gets meta and checks", () => {
    const adapted = adaptJob(job, released, "production");
    assert.ok(adapted.ok);
    assert.deepEqual(JSON.parse(JSON.stringify(adapted.job)), {
      ...job,
      ID: "shop",
      Name: "shop",
      Meta: meta("production"),
      TaskGroups: [
        {
          ...group,
          Count: 4,
          Services: [
            {
              ...registered,
              Name: "shop",
              Checks: [
                { Name: "liveness", Type: "tcp", Interval: 1e9, Timeout: 2e9, OnUpdate: "require_healthy" },
                {
                  Name: "routing",
                  Type: "http",
                  Path: "/status",
                  Interval: 1e9,
                  Timeout: 2e9,
                  OnUpdate: "require_healthy",
                },
              ],
            },
          ],
          Tasks: [{ ...main, Config: { ...main.Config, image: "registry/shop:2" }, Services: [] }],
        },
      ],
    });
    assert.deepEqual(
      adapted.added.map((sentence) => sentence.split(":")[0]),
      ["the meta by which the gate finds the job", "the check liveness", "the check routing"],
    );
  });

  it("is told the release by each driver's own word, and keeps checks that are there", () => {
    const checks = [
      { Name: "up", Type: "tcp" },
      { Name: "ready", Type: "http", Path: "/status" },
    ];
    const task = { Name: "web", Driver: "raw_exec", Config: { command: "old", args: ["x"] } };
    const adapted = adaptJob(
      withGroup({ Services: [{ ...registered, Checks: checks }], Tasks: [task] }),
      released,
      "production",
    );
    assert.ok(adapted.ok);
    const text = JSON.stringify(adapted.job);
    assert.ok(text.includes('"Config":{"command":"registry/shop:2","args":["x"]}'));
    assert.doesNotMatch(text, /liveness|routing/);
    assert.equal(adapted.added.length, 1);
  });

  for (const role of ["canary", "twin"] as const) {
    it(`is a ${role} that stays dead, under a ${role}'s names`, () => {
      const adapted = adaptJob(withTask({ RestartPolicy: { Attempts: 3 } }), released, role);
      assert.ok(adapted.ok);
      const text = JSON.stringify(adapted.job);
      for (const part of [
        `"ID":"shop-${role}"`,
        `"Name":"shop-${role}","PortLabel"`,
        `"nary_role":"${role}"`,
      ])
        assert.ok(text.includes(part), part);
      assert.ok(
        text.includes('"RestartPolicy":{"Attempts":0,"Mode":"fail"},"ReschedulePolicy":{"Attempts":0'),
      );
      assert.doesNotMatch(text, /"Attempts":[35]/);
      assert.match(adapted.added.at(-1) ?? "", /^no restart and no rescheduling/);
    });
  }

  it("may have its service inside the task, and helpers beside it", () => {
    const sidecar = { Name: "logs", Driver: "java", Lifecycle: { Hook: "prestart", Sidecar: true } };
    const tasks = [sidecar, { ...main, Services: [registered] }];
    const adapted = adaptJob(withGroup({ Services: null, Tasks: tasks }), released, "canary");
    assert.ok(adapted.ok);
    assert.match(JSON.stringify(adapted.job), /"Services":\[\{"Name":"shop-canary","PortLabel":"http"/);
  });

  it("is in the namespace that is given, by its file or by it alone", () => {
    const [team, other] = [nomadNamespace.parse("team"), nomadNamespace.parse("other")];
    const { Namespace: own, ...nowhere } = job;
    assert.equal(own, "team");
    for (const given of [job, nowhere]) {
      const adapted = adaptJob(given, { ...released, namespace: team }, "canary");
      assert.equal(adapted.ok && adapted.job["Namespace"], "team");
    }
    const refusal = adaptJob(job, { ...released, namespace: other }, "canary");
    assert.match(
      refusal.ok ? "" : refusal.problems.join(),
      /^must be in the namespace other, .*; it is in team$/,
    );
  });

  it("is changed by a transform, but for what it is found by, wherever its service stands", () => {
    const inTask = withGroup({ Services: null, Tasks: [{ ...main, Services: [registered, {}] }] });
    for (const [given, expected] of [
      [job, "Services"],
      [inTask, "Tasks"],
    ] as const) {
      const adapted = adaptJob(given, released, "canary");
      assert.ok(adapted.ok);
      const { job: own } = adapted;
      assert.equal(transformed("CanaryJob", own, (all) => ({ ...all, Priority: 70 }))["Priority"], 70);
      assert.throws(
        () =>
          transformed("CanaryJob", own, (all) => ({
            ...all,
            TaskGroups: all.TaskGroups.map((each) => ({ ...each, Count: 9, [expected]: [] })),
          })),
        (error) =>
          pulumi.InputPropertiesError.isInstance(error) &&
          error.errors.map(({ reason }) => reason.split(",")[0]).join() ===
            "must leave the service shop-canary as it is,must leave the number of instances as it is",
      );
    }
  });

  const refused: [string, unknown, RegExp][] = [
    ["no job", "job", /must hold a job of Nomad/],
    ["two groups", { ...job, TaskGroups: [group, group] }, /must have one group.* it has 2/],
    ["no group", { ...job, TaskGroups: null }, /must have one group.* it has 0/],
    ["a job on each client", { ...job, Type: "system" }, /must be of the type service.* it is "system"/],
    ["a periodic one", { ...job, Periodic: { Spec: "@daily" } }, /neither periodic nor parameterized/],
    ["canaries of Nomad", { ...job, Update: { Canary: 1 } }, /must not have canaries in its update/],
    ["a group that goes back by itself", withGroup({ Update: { AutoRevert: true } }), /auto_revert/],
    ["another port", withService({ PortLabel: "web" }), /must have a service with the port "http"/],
    [
      "a port with two services",
      withGroup({ Services: [registered, registered] }),
      /must have one service with the port/,
    ],
    ["a service that Nomad keeps", withService({ Provider: "nomad" }), /in Consul, .* not in "nomad"/],
    [
      "a check that restarts",
      withService({ Checks: [{ Type: "tcp", CheckRestart: { Limit: 3 } }] }),
      /check_restart/,
    ],
    [
      "two main tasks",
      withGroup({ Tasks: [main, { ...main, Name: "b" }] }),
      /one task without a lifecycle.* it has web, b/,
    ],
    [
      "a driver without a release",
      withTask({ Driver: "java" }),
      /drivers docker, podman, exec, raw_exec; it has java/,
    ],
  ];
  for (const [title, given, expected] of refused) {
    it(`is refused with ${title}`, () => {
      const adapted = adaptJob(given, released, "canary");
      assert.ok(!adapted.ok);
      assert.equal(adapted.problems.length, 1, adapted.problems.join("\n"));
      assert.match(adapted.problems[0] ?? "", expected);
    });
  }
});
