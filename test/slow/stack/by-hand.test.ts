import assert from "node:assert/strict";
import { request } from "undici";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";
import { deleteKeys, setKey } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import {
  configure,
  get,
  jobsNamed,
  newProject,
  task,
  type Project,
} from "../../integration/stack/project.ts";

const service = "by-hand";
const renamed = "by-hand-new";
const production = "local-production";
const job = z.looseObject({ TaskGroups: z.tuple([z.looseObject({ Count: z.number() })]) });

/** Lines of a diff that change a value; the others say in which resource, object or list it is, or count. */
const changed = (said: string) =>
  said
    .split("\n")
    .map((line) => line.trim())
    .filter(
      (line) =>
        /^[-+~] /.test(line) &&
        !/[[{]$|^~ \d+ to update$|^~ (?:nomad|consul|pulumi|nary):/.test(line) &&
        !/^~ "?(?:jobspec|record)"?\s*: \(json\)/.test(line),
    );

describe("production that is up, by hand", function () {
  this.timeout(180_000);
  let project: Project;

  before(async () => {
    const { fixedPort } = await sharedCluster();
    project = await newProject([production]);
    await configure(project, production, {
      service,
      release: "first",
      count: "1",
      cpu: "20",
      memory: "64",
      shutdownDelaySeconds: "0",
      ...task,
      "haproxy.port": String(fixedPort()),
      "haproxy.statsPort": String(fixedPort()),
      "haproxy.cpu": "20",
    });
    await project.pulumi("up", "--yes", "--skip-preview", "-s", production);
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/local/");
  });

  for (const [what, settings, before, expected] of [
    ["count", { count: "2" }, { count: "1" }, /count|Count/],
    ["release", { release: "second" }, { release: "first" }, /second/],
    ["variable", { "env.LEVEL": "debug" }, { "env.LEVEL": "info" }, /LEVEL/],
  ] as const) {
    it(`has a changed ${what} in its preview, and nothing else`, async () => {
      if (what === "variable") {
        await configure(project, production, before);
        await project.pulumi("up", "--yes", "--skip-preview", "-s", production);
      }
      await configure(project, production, settings);
      const said = await project.pulumi("preview", "--diff", "-s", production);
      await configure(project, production, before);
      const lines = changed(said);
      assert.notEqual(lines.length, 0, said);
      for (const line of lines) assert.match(line, expected, said);
      assert.match(said, /~ \d to update/, said);
    });
  }

  it("shows at a refresh what somebody changed in Nomad, and goes back to what is declared", async () => {
    const { nomadAddress } = await sharedCluster();
    const found = job.parse(await get("nomad", `/v1/job/${service}`));
    const [group] = found.TaskGroups;
    const drifted = { ...found, TaskGroups: [{ ...group, Count: 3 }] };
    const { statusCode, body } = await request(new URL("/v1/jobs", nomadAddress), {
      method: "PUT",
      body: JSON.stringify({ Job: drifted }),
    });
    assert.equal(statusCode, 200, await body.text());

    const said = await project.pulumi("refresh", "--yes", "--skip-preview", "--diff", "-s", production);
    assert.match(said, /~ 1 updated/, said);
    await project.pulumi("up", "--yes", "--skip-preview", "-s", production);
    const [{ Count: count }] = job.parse(await get("nomad", `/v1/job/${service}`)).TaskGroups;
    assert.equal(count, 1);
  });

  it("is renamed only when the old name is given too, and then runs what ran before", async () => {
    await project.pulumi("config", "rm", "nary:release", "-s", production);
    const promoted = { version: 1, release: "first", at: "2026-01-02T03:04:05.000Z" };
    await setKey(`nary/local/${service}/run/promoted`, JSON.stringify(promoted));
    await configure(project, production, { service: renamed });
    const refused = await project.failure("up", "--yes", "--skip-preview", "-s", production);
    assert.match(refused, /nary:service is by-hand-new, but local-production is up as by-hand: /);
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
    await configure(project, production, { renameFrom: "other" });
    assert.match(await project.failure("preview", "-s", production), /is up as by-hand: /);

    await configure(project, production, { renameFrom: service });
    const said = await project.pulumi("up", "--yes", "--skip-preview", "-s", production);
    assert.match(said, /release\s*: "first"/);
    assert.deepEqual(await jobsNamed(service), [renamed, `${renamed}-haproxy`]);
    await project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", production);
    await project.pulumi("destroy", "--yes", "--skip-preview", "-s", production);
    assert.equal(await get("consul", "/v1/kv/nary/local/_projects/?keys"), undefined);
  });
});

describe("a canary that is up, by hand", function () {
  this.timeout(120_000);
  const canary = "local-canary";
  let project: Project;

  before(async () => {
    project = await newProject([canary]);
    const settings = { release: "first", count: "1", cpu: "20", memory: "64", shutdownDelaySeconds: "0" };
    await configure(project, canary, { service: `${service}-share`, share: "5 %", ...settings, ...task });
    await project.pulumi("up", "--yes", "--skip-preview", "-s", canary);
  });

  after(async () => {
    for (const name of await jobsNamed(`${service}-share`)) await purge(name);
    await deleteKeys(`nary/local/${service}-share/`);
  });

  it("has a changed share in its preview, and nothing else", async () => {
    await configure(project, canary, { share: "10 %" });
    const said = await project.pulumi("preview", "--diff", "-s", canary);
    assert.match(changed(said).join("\n"), /^~ share +: "5 %" => "10 %"$/, said);
    assert.match(said, /~ 1 to update/, said);
    await project.pulumi("up", "--yes", "--skip-preview", "-s", canary);
    await project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", canary);
  });
});
