import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { removeCutAttributes } from "../../../gate/act/cut-attributes.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { startProgram } from "../../support/program.ts";
import { deleteKeys, untilInstances } from "../../integration/components/consul.ts";
import { serversOf } from "../../integration/components/haproxy-stats.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, get, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { startProxy } from "../../support/proxy.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const service = "rejecting";
const [canary, production] = ["away-canary", "away-production"] as const;

/**
 * A service that counts, writes and tells each error that it has, which are all that it answers as `bad`. It takes its time
 * to end.
 */
const telling = `
const { NARY_RELEASE, PORT, HOST } = process.env;
let requestCount = 0, errorCount = 0;
require("http").createServer(({ url }, response) => {
  if (url === "/status") return response.end();
  const recentErrors = [{ fingerprint: "TypeError-at-search", count: errorCount, message: "no such column" }];
  if (url === "/api/errorAndRequestCount") return response.end(JSON.stringify({ errorCount, requestCount, recentErrors }));
  requestCount += 1;
  const fails = NARY_RELEASE === "bad";
  if (fails) { errorCount += 1; console.log("card 1234 was refused"); console.error("no such column"); }
  response.writeHead(fails ? 500 : 200).end();
}).listen(PORT, HOST);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => setTimeout(() => process.exit(0), 3000));`.replaceAll(
  /\s+/g,
  " ",
);

const event = z.looseObject({ event: z.string() });
const evidence = z.looseObject({
  release: z.string(),
  verdict: z.string(),
  missing: z.array(z.string()),
  instances: z.tuple([
    z.looseObject({
      counted: z.looseObject({ errors: z.number() }),
      told: z.looseObject({ recentErrors: z.array(z.looseObject({ message: z.string() })) }),
      tasks: z.tuple([
        z.looseObject({
          events: z.array(z.looseObject({ type: z.string() })),
          stdout: z.array(z.string()),
          stderr: z.array(z.string()),
        }),
      ]),
    }),
  ]),
});
const pairs = z
  .array(z.object({ Value: z.base64().nullable() }))
  .transform((all) => all.map(({ Value: value }) => Buffer.from(value ?? "", "base64").toString()));
const exported = z.object({
  deployment: z.object({ resources: z.array(z.object({ type: z.string() })).nullish() }),
});

describe("a canary that is rejected", function () {
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
    project = await newProject([canary, production]);
    const ofProduction = {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
    };
    await configurePair(project, "away", service, ofProduction, { "task.args[1]": telling });
    const first = await startNary(project, "release", "first", "--first", "-s", canary).ended;
    assert.equal(first.exitCode, 0, first.stdout + first.stderr);
    await untilInstances(service, 2);
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/away/");
  });

  const keysOfCanary = async () => {
    const keys = z.array(z.string()).parse(await get("consul", "/v1/kv/nary/?keys"));
    return keys.filter((key) => key.includes(service) && /\/canary(?:\/|$)/.test(key)).sort();
  };

  /** Nothing of a canary is anywhere. */
  async function assertGone(): Promise<void> {
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
    assert.deepEqual(await get("consul", `/v1/health/service/${service}-canary`), []);
    assert.deepEqual(await keysOfCanary(), []);
    const allocations = z.array(z.object({ ClientStatus: z.string() }));
    for (const { ClientStatus: status } of allocations.parse(
      await get("nomad", `/v1/job/${service}-canary/allocations`),
    ))
      assert.ok(status === "complete" || status === "failed", status);
    const servers = Object.keys((await serversOf(statsPort)) ?? {});
    assert.equal(servers.length, 2, servers.join());
    assert.ok(servers.every((name) => name.startsWith(`${service}_`)));
  }

  it("gets nothing more, leaves what it knew in a file, and is proved to be gone", async () => {
    const clients = startClients(url);
    const ended = await startNary(project, "release", "bad", "-s", canary, "--json").ended;
    await clients.stop();
    const said = ended.stdout + ended.stderr;
    assert.equal(ended.exitCode, 1, said);
    await assertGone();

    const events = ended.stdout
      .trim()
      .split("\n")
      .map((line) => event.parse(JSON.parse(line)));
    const named = (name: string) => events.filter((each) => each.event === name);
    assert.deepEqual(
      named("confirmed").map(({ haproxies, unconfirmed }) => [haproxies, unconfirmed]),
      [[1, []]],
    );
    assert.deepEqual(
      named("gone").map(({ job, haproxies, unconfirmed }) => [job, haproxies, unconfirmed]),
      [[`${service}-canary`, 1, []]],
    );
    const [{ address }] = z
      .tuple([z.looseObject({ address: z.string() })])
      .parse(named("canary").filter(({ state }) => state === "running"));
    await assert.rejects(fetch(`http://${address}/status`), "the instance still answers");
    const order = events.map((each) => each.event);
    assert.ok(order.indexOf("confirmed") < order.lastIndexOf("pulumi-start"), said);
    assert.ok(order.indexOf("evidence") < order.lastIndexOf("pulumi-start"), said);

    const { file } = z.object({ file: z.string() }).parse(named("evidence")[0]);
    const { file: record } = z.object({ file: z.string() }).parse(named("recording")[0]);
    assert.equal(file, record.replace(/\.ndjson$/, ".evidence.json"));
    const kept = evidence.parse(JSON.parse(await readFile(file, "utf8")));
    assert.deepEqual([kept.release, kept.verdict, kept.missing], ["bad", "reject", []]);
    const [{ counted, told, tasks }] = kept.instances;
    const [{ stdout, stderr, events: ofTask }] = tasks;
    assert.ok(counted.errors > 0);
    assert.equal(told.recentErrors[0]?.message, "no such column");
    assert.equal(stdout.at(-1), "card 1234 was refused");
    assert.equal(stderr.at(-1), "no such column");
    assert.ok(ofTask.some(({ type }) => type === "Started"));
    // What is in it is nowhere else.
    assert.doesNotMatch(said, /card 1234|no such column/);
    const records = pairs.parse(await get("consul", `/v1/kv/nary/away/${service}/?recurse`));
    assert.ok(records.some((record) => record.includes('"verdict":"reject"')));
    assert.doesNotMatch(records.join(), /card 1234|no such column/);
  });

  it("is gone too where a Pulumi was killed that had made its job and not yet written that down", async () => {
    const { nomadAddress } = await sharedCluster();
    const { promise: registered, resolve } = Promise.withResolvers<undefined>();
    let isRegistered = false;
    const proxy = await startProxy(
      "nomad",
      nomadAddress,
      ({ method, path }) => {
        if (isRegistered) return "cut before";
        return method !== "GET" && path === "/v1/jobs" ? "cut after" : "goes on";
      },
      () => {
        isRegistered = true;
        resolve(undefined);
      },
    );
    await configure(project, canary, { release: "half" });
    const up = startProgram("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "-s", canary], {
      cwd: project.folder,
      env: { ...project.env, NOMAD_ADDR: proxy.address },
      detached: true,
    });
    try {
      await Promise.race([
        registered,
        up.ended.then(({ stdout, stderr }) => assert.fail(`It ended before: ${stdout}${stderr}`)),
      ]);
    } finally {
      // Pulumi, its language host and its plugins are one group.
      process.kill(-(up.child.pid ?? assert.fail("Pulumi has no process")), "SIGKILL");
      await up.ended;
      await proxy.close();
    }
    assert.deepEqual(await jobsNamed(`${service}-canary`), [`${service}-canary`]);
    await removeCutAttributes(project.env["PULUMI_BACKEND_URL"] ?? "", project.folder);
    await project.pulumi("cancel", "--yes", "-s", canary);
    const state = exported.parse(JSON.parse(await project.pulumi("stack", "export", "-s", canary)));
    const types = (state.deployment.resources ?? []).map(({ type }) => type);
    assert.ok(!types.includes("nomad:index/job:Job"), types.join());

    const { exitCode, stdout, stderr } = await startNary(project, "reject", "-s", canary).ended;
    assert.equal(exitCode, 1, stdout + stderr);
    assert.match(stdout, new RegExp(`warning: the job ${service}-canary was left over by a Pulumi`));
    await assertGone();
    const { traffic, promoted } = await recordsOf(consulAddress, "away", service);
    assert.deepEqual([traffic, promoted], ["off", "first"]);
  });

  it("is gone too where Pulumi has lost all that it knew of it", async () => {
    await configure(project, canary, { release: "lost" });
    await project.pulumi("up", "--yes", "--skip-preview", "-s", canary);
    await project.pulumi("stack", "rm", "--yes", "--force", "--preserve-config", canary);
    await project.pulumi("stack", "init", canary, "--no-select");
    const keys = [`nary/_services/${service}/canary`, `nary/away/${service}/declared/canary/record`];
    assert.deepEqual(await keysOfCanary(), keys);

    const { exitCode, stdout, stderr } = await startNary(project, "reject", "-s", canary).ended;
    assert.equal(exitCode, 1, stdout + stderr);
    for (const left of [`the job ${service}-canary`, ...keys.map((key) => `the key ${key}`)])
      assert.ok(stdout.includes(`warning: ${left} was left over by a Pulumi`), stdout);
    await assertGone();
  });
});
