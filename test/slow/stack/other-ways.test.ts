import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, get, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { until } from "../../../demo/cluster/until.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { configurePair, recordsOf, startClients, startNary, type Clients } from "./releases.ts";

const service = "otherwise";
const environment = "ways";
const [canary, production] = [`${environment}-canary`, `${environment}-production`] as const;

/**
 * A service that counts. Its release `late` fails every fifth request once it is in production; where there is such a file,
 * one instance of production ends, but for that of the release `third`.
 */
const counting = (sick: string) =>
  `
const { NARY_RELEASE, NARY_ROLE, NOMAD_ALLOC_INDEX, PORT, HOST } = process.env;
let requestCount = 0, errorCount = 0;
if (NARY_RELEASE !== "third" && NARY_ROLE === "production" && NOMAD_ALLOC_INDEX === "1")
  setInterval(() => { if (require("fs").existsSync("${sick}")) process.exit(1); }, 100);
require("http").createServer(({ url }, response) => {
  if (url === "/status") return response.end();
  if (url === "/api/errorAndRequestCount") return response.end(JSON.stringify({ errorCount, requestCount }));
  requestCount += 1;
  const fails = NARY_RELEASE === "late" && NARY_ROLE === "production" && requestCount % 5 === 0;
  if (fails) errorCount += 1;
  response.writeHead(fails ? 500 : 200).end(NARY_RELEASE);
}).listen(PORT, HOST);`.replaceAll(/\s+/g, " ");

const past = z.object({
  release: z.string(),
  way: z.string().optional(),
  by: z.string(),
  reason: z.string().optional(),
});
const pairs = z.array(z.object({ Value: z.base64() }));

describe("a release that goes another way", function () {
  this.timeout(240_000);
  let project: Project;
  let clients: Clients;
  let consulAddress: string;
  let sick: string;

  before(async () => {
    const { fixedPort, consulAddress: consul } = await sharedCluster();
    consulAddress = consul;
    const [port, statsPort] = [fixedPort(), fixedPort()];
    sick = join(await temporaryFolder(), "sick");
    project = await newProject([canary, production]);
    await configurePair(
      project,
      environment,
      service,
      {
        "haproxy.port": String(port),
        "haproxy.statsPort": String(statsPort),
        "haproxy.cpu": "20",
        "restart.attempts": "0",
        "reschedule.type": "never",
      },
      { "task.args[1]": counting(sick) },
    );
    await configure(project, canary, { "gate.bake.seconds": "3", "gate.intervalSeconds": "0.2" });
    await ended(0, "release", "first", "--first");
    clients = startClients(`http://127.0.0.1:${port}/`);
  });

  after(async () => {
    await clients.stop();
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys(`nary/${environment}/`);
    await deleteKeys(`nary/_services/${service}/`);
  });

  async function ended(exitCode: number, ...args: string[]): Promise<string> {
    const { exitCode: code, stdout, stderr } = await startNary(project, ...args, "-s", canary).ended;
    assert.equal(code, exitCode, stdout + stderr);
    return stdout + stderr;
  }

  /** What production runs by the record, by Nomad, and what is left of a canary. */
  async function stands() {
    const { promoted, traffic } = await recordsOf(consulAddress, environment, service);
    const job = z
      .object({ Meta: z.record(z.string(), z.string()) })
      .parse(await get("nomad", `/v1/job/${service}`));
    return { promoted, traffic, runs: job.Meta["nary_release"], jobs: await jobsNamed(service) };
  }

  async function running(): Promise<number> {
    const found = z
      .array(z.object({ ClientStatus: z.string() }))
      .parse(await get("nomad", `/v1/job/${service}/allocations`));
    return found.filter(({ ClientStatus: status }) => status === "running").length;
  }

  const on = (release: string) => ({
    promoted: release,
    traffic: "off",
    runs: release,
    jobs: [service, `${service}-haproxy`],
  });

  async function lastPast() {
    const all = pairs.parse(
      await get("consul", `/v1/kv/nary/${environment}/${service}/run/history/?recurse`),
    );
    const text = Buffer.from(all.at(-1)?.Value ?? "", "base64").toString();
    return past.parse(JSON.parse(text));
  }

  it("bakes in production before it counts as promoted", async () => {
    const said = await ended(0, "release", "second");
    assert.match(
      said,
      /roll-out of otherwise with second: 2 of 2 healthy, 2 serve, done\n(?:.*\n)*?production with second for 0 of 3 s/,
    );
    assert.ok(said.indexOf("for 0 of 3 s") < said.indexOf("promoted second, before it ran first"), said);
    assert.deepEqual(await stands(), on("second"));
  });

  it("does not hold in the bake, and production goes back", async () => {
    const said = await ended(4, "release", "late");
    assert.match(said, /the roll-out failed: production did not hold: .*; production is back on second/);
    assert.deepEqual(await stands(), on("second"));
  });

  it("is rolled back by hand, once, to the one before; who wanted it and why is kept", async () => {
    await ended(0, "rollback", "--why", "the search is slow");
    assert.deepEqual(await stands(), on("first"));
    const { release, way, by, reason } = await lastPast();
    assert.deepEqual([release, way, reason], ["first", "rollback", "the search is slow"]);
    assert.match(by, /^.+@.+$/);
    const said = await ended(2, "rollback", "--why", "once more");
    assert.match(
      said,
      /It is not known what production ran before first\. Production ran before: second\. .*--to/,
    );
    await ended(2, "rollback", "--to", "first");
    await ended(0, "rollback", "--to", "second", "--why", "it was not the release");
    assert.deepEqual(await stands(), on("second"));
  });

  it("goes straight to production where it cannot wait, and comes back from there where it does not hold", async () => {
    assert.match(await ended(2, "release", "hotfix", "--bypass"), /--bypass needs a --why/);
    await ended(0, "release", "hotfix", "--bypass", "--why", "the login is down");
    assert.deepEqual(await stands(), on("hotfix"));
    const { release, way, reason } = await lastPast();
    assert.deepEqual([release, way, reason], ["hotfix", "bypass", "the login is down"]);
    const said = await ended(4, "release", "late", "--bypass", "--why", "in a hurry");
    assert.match(said, /production is back on hotfix/);
    assert.deepEqual(await stands(), on("hotfix"));
  });

  it("is refused beside a production that fails already, unless it is what mends it", async () => {
    const { promoted } = await stands();
    await writeFile(sick, "");
    await until(async () => ((await running()) === 1 ? true : undefined), 30_000);
    const said = await ended(2, "release", "third");
    assert.match(
      said,
      /Production of otherwise fails already: 1 of 2 instances run and are healthy\. .*--fix-forward --why/,
    );
    assert.equal((await stands()).promoted, promoted);
    const mended = await ended(0, "release", "third", "--fix-forward", "--why", "one instance ended");
    assert.match(mended, /fix-forward of third by .*: one instance ended/);
    assert.deepEqual(await stands(), on("third"));
  });

  it("has no canary where nothing of production is left, which a release without one brings back", async () => {
    const { nomadAddress } = await sharedCluster();
    await fetch(`${nomadAddress}/v1/job/${service}`, { method: "DELETE" });
    await until(async () => ((await running()) === 0 ? true : undefined), 30_000);
    const said = await ended(2, "release", "fourth", "--fix-forward", "--why", "it was stopped");
    assert.match(
      said,
      /fails already: its job is not registered\. A canary beside it would get no request: .*--bypass --why/,
    );
    await ended(0, "release", "third", "--bypass", "--why", "it was stopped");
    assert.deepEqual(await stands(), on("third"));
  });
});
