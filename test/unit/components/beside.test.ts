import assert from "node:assert/strict";
import { canaryWorkload, renderCanaryJob } from "../../../components/job/canary.ts";
import type { NomadJob } from "../../../components/job/nomad.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canMount } from "../../../components/job/volumes.ts";
import { canaryOf, serviceOf } from "./descriptions.ts";

const full = {
  task: { driver: "docker" },
  killTimeoutSeconds: 9,
  prestart: [
    { name: "migrate", task: { driver: "exec", command: "/srv/migrate", args: ["up"] }, env: { A: "b" } },
  ],
  sidecars: [
    {
      name: "logs",
      task: { driver: "docker", image: "registry/logs:1", networkMode: "host" },
      cpu: 50,
      memory: 64,
      templates: [{ data: "x", destination: "local/logs.conf" }],
    },
  ],
  volumes: [{ source: "data", destination: "/data", readOnly: true }],
  templates: [
    {
      data: "KEY={{ key }}",
      destination: "secrets/env",
      env: true,
      perms: "0600",
      onChange: { mode: "restart" },
    },
    { data: "y", destination: "local/y", onChange: { mode: "signal", signal: "SIGHUP" } },
  ],
  artifacts: [
    { source: "https://files.example/a.tar.gz", options: { checksum: "sha256:00" } },
    { source: "git::https://files.example/b", destination: "local/b", mode: "dir", headers: { "X-A": "b" } },
  ],
};

function groupOf({ TaskGroups: [group] }: NomadJob) {
  assert.ok(group);
  return group;
}

const jobs = (changes: object) => [renderCanaryJob(canaryOf(changes)), renderServiceJob(serviceOf(changes))];

describe("what an instance has beside its release", () => {
  it("is nothing unless given, so that a job that runs is not changed", () => {
    for (const job of jobs({})) {
      const { Tasks: tasks, ...group } = groupOf(job);
      assert.equal("Volumes" in group, false);
      assert.deepEqual(
        tasks.map((task) => Object.keys(task)),
        [["Name", "Driver", "Config", "Env", "Resources", "KillSignal", "KillTimeout"]],
      );
      assert.equal(
        JSON.stringify(tasks[0]?.Config),
        '{"image":"registry/api:2","ports":["http"],"force_pull":false,"args":[]}',
      );
    }
  });

  it("is the same in canary and production but for name and role", () => {
    const [canary = [], stable = []] = jobs(full).map((job) =>
      groupOf(job).Tasks.map((task) => ({
        ...task,
        Name: task.Name.replace("-canary", ""),
        Env: { ...task.Env, NARY_ROLE: "" },
      })),
    );
    assert.deepEqual(canary, stable);
    assert.deepEqual(
      stable.map(({ Name: name }) => name),
      ["api-task", "migrate-prestart", "logs-sidecar"],
    );
  });

  it("has tasks that end before the release starts, and tasks that go on with it", () => {
    const [, prestart, sidecar] = groupOf(renderServiceJob(serviceOf(full))).Tasks;
    const identity = { NARY_RELEASE: "registry/api:2", NARY_ROLE: "production", NARY_SERVICE: "api" };
    const mounts = [{ Volume: "data", Destination: "/data", ReadOnly: true }];
    const ending = { KillSignal: "SIGTERM", KillTimeout: 9e9, VolumeMounts: mounts };
    assert.deepEqual(prestart, {
      Name: "migrate-prestart",
      Driver: "exec",
      Config: { command: "/srv/migrate", args: ["up"] },
      Env: { A: "b", ...identity },
      Resources: { CPU: 100, MemoryMB: 300 },
      Lifecycle: { Hook: "prestart", Sidecar: false },
      ...ending,
    });
    assert.deepEqual(sidecar, {
      Name: "logs-sidecar",
      Driver: "docker",
      Config: { image: "registry/logs:1", force_pull: false, args: [], network_mode: "host" },
      Env: identity,
      Resources: { CPU: 50, MemoryMB: 64 },
      Lifecycle: { Hook: "prestart", Sidecar: true },
      Templates: [
        { EmbeddedTmpl: "x", DestPath: "local/logs.conf", Perms: "0644", Envvars: false, ChangeMode: "noop" },
      ],
      ...ending,
    });
  });

  it("has volumes, in the group and in each task", () => {
    const { Volumes: volumes, Tasks: tasks } = groupOf(renderCanaryJob(canaryOf(full)));
    assert.deepEqual(volumes, { data: { Name: "data", Type: "host", Source: "data", ReadOnly: true } });
    for (const { VolumeMounts: mounts } of tasks)
      assert.deepEqual(mounts, [{ Volume: "data", Destination: "/data", ReadOnly: true }]);
  });

  it("has files before it starts", () => {
    const [main] = groupOf(renderCanaryJob(canaryOf(full))).Tasks;
    assert.deepEqual(main?.Templates, [
      {
        EmbeddedTmpl: "KEY={{ key }}",
        DestPath: "secrets/env",
        Perms: "0600",
        Envvars: true,
        ChangeMode: "restart",
      },
      {
        EmbeddedTmpl: "y",
        DestPath: "local/y",
        Perms: "0644",
        Envvars: false,
        ChangeMode: "signal",
        ChangeSignal: "SIGHUP",
      },
    ]);
    assert.deepEqual(main.Artifacts, [
      {
        GetterSource: "https://files.example/a.tar.gz",
        RelativeDest: "local/",
        GetterMode: "any",
        GetterOptions: { checksum: "sha256:00" },
        GetterHeaders: {},
      },
      {
        GetterSource: "git::https://files.example/b",
        RelativeDest: "local/b",
        GetterMode: "dir",
        GetterOptions: {},
        GetterHeaders: { "X-A": "b" },
      },
    ]);
  });

  it("is not mounted by raw_exec, whichever task it is", () => {
    const { volumes } = full;
    const helper = [{ name: "a", task: { driver: "raw_exec", command: "b" } }];
    const docker = { driver: "docker" };
    const mounts = (changes: object) => canMount(canaryOf(changes));
    assert.equal(mounts({ task: { driver: "raw_exec" }, sidecars: helper }), true);
    assert.equal(mounts({ volumes, task: docker }), true);
    assert.equal(mounts({ volumes, task: { driver: "raw_exec" } }), false);
    assert.equal(mounts({ volumes, task: docker, sidecars: helper }), false);
    assert.equal(mounts({ volumes, task: docker, prestart: helper }), false);
  });

  const base = {
    environment: "default",
    service: "api",
    release: "a:1",
    count: 1,
    task: { driver: "docker" },
    startSeconds: 9,
  };
  const helper = { name: "a", task: { driver: "exec", command: "b" } };
  const file = { data: "", destination: "local/a" };
  const folder = { source: "data", destination: "/data" };
  const refused: [object, RegExp][] = [
    [{ sidecars: [{ ...helper, name: "A" }] }, /^sidecars\.0\.name must be 1 to 32 lower-case/],
    [{ prestart: [helper, helper] }, /^prestart must not have a name twice/],
    [{ sidecars: ["logs"] }, /^sidecars\.0 must have a name and a task/],
    [
      { sidecars: [{ name: "a", task: "docker" }] },
      /task must have a driver, one of: docker, exec, raw_exec/,
    ],
    [
      { sidecars: [{ name: "a", task: { driver: "podman" } }] },
      /task\.driver must be one of: docker, exec, raw_exec/,
    ],
    [{ sidecars: [{ name: "a", task: { driver: "exec" } }] }, /task\.command must be text/],
    [{ sidecars: [{ name: "a", task: { driver: "docker", image: "a b" } }] }, /task\.image must be an image/],
    [{ sidecars: [{ ...helper, env: { NARY_ROLE: "x" } }] }, /must be the name of a variable/],
    [
      { templates: [{ ...file, destination: "/etc/passwd" }] },
      /^templates\.0\.destination must be a path below/,
    ],
    [{ templates: [{ ...file, destination: "local/../../x" }] }, /without \.\. in it/],
    [{ templates: [{ ...file, perms: "rw" }] }, /must be three or four octal digits/],
    [
      { templates: [{ ...file, onChange: "restart" }] },
      /onChange must have a mode, one of: noop, restart, signal/,
    ],
    [{ templates: [{ ...file, onChange: { mode: "signal" } }] }, /signal must be a signal, such as SIGHUP/],
    [{ artifacts: [{ source: "a b" }] }, /^artifacts\.0\.source must be an address/],
    [{ artifacts: [{ source: "a", mode: "zip" }] }, /mode must be any, file or dir/],
    [{ volumes: [{ ...folder, source: "a b" }] }, /^volumes\.0\.source must be 1 to 128 letters/],
    [{ volumes: [{ ...folder, destination: "data" }] }, /must be an absolute path/],
    [{ volumes: [{ ...folder, destination: "/a/../b" }] }, /must be an absolute path/],
    [{ volumes: [folder, { ...folder, destination: "/other" }] }, /^volumes must not have a source twice/],
    [{ volumes: [folder, { ...folder, source: "other" }] }, /^volumes must not have a destination twice/],
  ];
  for (const [given, expected] of refused) {
    it(`is refused as ${JSON.stringify(given)}`, () => {
      const issues = canaryWorkload.safeParse({ ...base, ...given }).error?.issues ?? [];
      const sentences = issues.map(({ path, message }) => `${path.join(".")} ${message}`);
      assert.equal(sentences.length, 1, sentences.join("\n"));
      assert.match(String(sentences[0]), expected);
    });
  }
});
