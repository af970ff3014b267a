import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { deleteKeys, setKey, untilInstances } from "../../integration/components/consul.ts";
import { untilServers } from "../../integration/components/haproxy-stats.ts";
import { purge, register } from "../../integration/components/nomad.ts";
import {
  configure,
  get,
  jobsNamed,
  newProject,
  task,
  type Project,
} from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { canaryOf } from "../../unit/components/descriptions.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const service = "twinned";
const [canary, twin, production] = ["eu-canary", "eu-twin", "eu-production"] as const;
const on = /traffic to the canaries is on/;
const job = z.object({
  Meta: z.record(z.string(), z.string()),
  TaskGroups: z.tuple([
    z.object({
      Count: z.number(),
      Tasks: z.tuple([z.object({ Resources: z.looseObject({ CPU: z.number() }) })]),
    }),
  ]),
});
const state = z.object({ deployment: z.object({ resources: z.array(z.unknown()).nullish() }) });

describe("a release with a twin", function () {
  this.timeout(240_000);
  let project: Project;
  let consulAddress: string;
  let url: string;
  let statsPort: number;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    const port = cluster.fixedPort();
    statsPort = cluster.fixedPort();
    url = `http://127.0.0.1:${port}/`;
    project = await newProject([canary, twin, production]);
    await configurePair(project, "eu", service, {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
    });
    await project.pulumi("config", "rm", "--path", "nary:policy.requests", "-s", canary);
    await configure(project, canary, {
      twin: "true",
      share: "20 %",
      "policy.type": "baseline",
      "policy.minRequests": "60",
      "policy.minSeconds": "1",
      "policy.bound.errorRate": "0.05",
    });
    await released(0, "first", "--first");
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/eu/");
  });

  async function released(exitCode: number, ...args: string[]): Promise<string> {
    const ended = await startNary(project, "release", ...args, "-s", canary).ended;
    assert.equal(ended.exitCode, exitCode, ended.stdout + ended.stderr);
    return ended.stderr;
  }

  async function rejected(): Promise<string> {
    const ended = await startNary(project, "reject", "-s", canary).ended;
    assert.equal(ended.exitCode, 1, ended.stdout + ended.stderr);
    return ended.stdout;
  }

  const inNomad = async (role: "canary" | "twin") => {
    const { Meta: meta, TaskGroups: groups } = job.parse(await get("nomad", `/v1/job/${service}-${role}`));
    const [{ Count: count, Tasks: tasks }] = groups;
    return { role: meta["nary_role"], release: meta["nary_release"], count, cpu: tasks[0].Resources.CPU };
  };

  const named = (side: string) => (ports: number[]) => ports.map((port) => `${side}_127.0.0.1_${port}`);
  /** Waits until HAProxy has the servers that Consul knows, with so many of canaries and of twins. */
  async function untilSides(each: number): Promise<void> {
    const sides = await Promise.all([
      untilInstances(service, 2).then(named(service)),
      untilInstances(`${service}-canary`, each).then(named("canary")),
      untilInstances(`${service}-twin`, each).then(named("twin")),
    ]);
    await untilServers(statsPort, sides.flat(), 30);
  }

  async function nothingLeft(): Promise<void> {
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
    for (const role of ["canary", "twin"]) {
      assert.equal(await get("consul", `/v1/kv/nary/eu/${service}/declared/${role}/?keys`), undefined, role);
    }
    await untilSides(0);
  }

  it("cannot be brought up by hand, and needs no settings", async () => {
    const file = await readFile(join(project.folder, `Pulumi.${twin}.yaml`), "utf8");
    assert.match(file, /^encryptionsalt: \S+\n$/);
    const said = await project.failure("preview", "-s", twin);
    assert.match(
      said,
      /error: The stack eu-twin has no settings of its own: `nary release IMAGE -s eu-canary`/,
    );
  });

  it("has both sides up at the same time and alike, promotes, and leaves neither", async () => {
    const files = () =>
      Promise.all(
        [canary, twin].map((stack) => readFile(join(project.folder, `Pulumi.${stack}.yaml`), "utf8")),
      );
    const before = await files();
    const release = startNary(project, "release", "good", "-s", canary);
    await release.says(on);
    await untilSides(1);
    const alike = { count: 1, cpu: 20 };
    assert.deepEqual(await inNomad("canary"), { role: "canary", release: "good", ...alike });
    assert.deepEqual(await inNomad("twin"), { role: "twin", release: "first", ...alike });
    assert.equal((await recordsOf(consulAddress, "eu", service)).traffic, "on share=2000 twin");

    const clients = startClients(url);
    const { exitCode, stdout, stderr } = await release.ended.finally(clients.stop);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(
      stdout,
      /pulumi up of eu-(canary with good|twin with first) …\npulumi up of eu-(?!\1)(canary with good|twin with first) …\npulumi up of /,
    );
    assert.deepEqual(await recordsOf(consulAddress, "eu", service), {
      promoted: "good",
      traffic: "off",
      history: ["promote first", "promote good"],
    });
    await nothingLeft();
    const { resources } = state.parse(
      JSON.parse(await project.pulumi("stack", "export", "-s", twin)),
    ).deployment;
    assert.equal(resources?.length ?? 0, 0);
    assert.deepEqual(await files(), before);
  });

  it("is rejected with both, also what an interrupted watch has left", async () => {
    const release = startNary(project, "release", "third", "-s", canary);
    await release.says(on);
    release.child.kill("SIGINT");
    assert.equal((await release.ended).exitCode, 130);
    assert.deepEqual(await jobsNamed(`${service}-`), [
      `${service}-canary`,
      `${service}-haproxy`,
      `${service}-twin`,
    ]);
    assert.deepEqual((await inNomad("twin")).release, "good", "what was promoted last");
    assert.match(await rejected(), /twinned-twin/);
    await nothingLeft();
  });

  it("is refused where the twin has no stack, or settings of its own, before anything is done", async () => {
    await project.pulumi("config", "set", "nary:count", "2", "-s", twin);
    assert.match(await released(2, "fourth"), /^nary: The twin's stack file has nary:count/);
    await project.pulumi("config", "rm", "nary:count", "-s", twin);
    await project.pulumi("stack", "rm", "--yes", "--preserve-config", "-s", twin);
    assert.match(
      await released(2, "fourth"),
      /^nary: There is no stack eu-twin .*pulumi stack init eu-twin$/m,
    );
    await nothingLeft();
  });

  it("leaves none that a killed Pulumi has left, though nobody asks for a twin any more", async () => {
    await configure(project, canary, { twin: "false" });
    const { "task.driver": driver, "task.command": command } = task;
    const left = { role: "twin", environment: "eu", service, count: 1, cpu: 20, memory: 64 };
    const args = ["-e", "setInterval(() => {}, 1000)"];
    await register(renderCanaryJob(canaryOf({ ...left, task: { driver, command, args }, release: "good" })));
    await setKey(`nary/eu/${service}/declared/twin/stray`, "left");
    const said = await rejected();
    assert.match(said, /the job twinned-twin was left over by a Pulumi that did not end/);
    await nothingLeft();
  });
});
