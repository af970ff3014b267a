import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { deleteKeys, untilInstances } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const service = "costly";
const [canary, production] = ["dear-canary", "dear-production"] as const;
const kit = join(import.meta.dirname, "../../../app");

/** A service with the kit, whose releases called `fans…` ask for each student of a class by itself. */
const classes = `
const { NARY_RELEASE, PORT, HOST } = process.env;
const kitFolder = ${JSON.stringify(kit)};
(async () => {
  const { createKit, describeRequest, startQuery } = await import(kitFolder + "/index.ts");
  const { serve } = await import(kitFolder + "/http.ts");
  const query = (items) => startQuery({ database: "memory", tables: ["students"] })({ items });
  require("http").createServer(serve(createKit(), (request, response) => {
    if (request.url.startsWith("/classes/")) {
      describeRequest({ route: "GET /classes/:id" });
      query(1);
      if (NARY_RELEASE.startsWith("fans")) for (let student = 0; student < 11; student++) query(1);
      else query(11);
    } else describeRequest({ route: "GET /" });
    response.end(NARY_RELEASE);
  })).listen(PORT, HOST);
})();`.replaceAll(/\s+/g, " ");

const event = z.looseObject({ event: z.string() });

describe("a release whose requests cost more", function () {
  this.timeout(240_000);
  let project: Project;
  let consulAddress: string;
  let url: string;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    const port = cluster.fixedPort();
    url = `http://127.0.0.1:${port}/classes/7`;
    project = await newProject([canary, production]);
    const ofProduction = {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(cluster.fixedPort()),
      "haproxy.cpu": "20",
    };
    await configurePair(project, "dear", service, ofProduction, {
      "task.args[1]": classes,
      memory: "128",
    });
    await configure(project, canary, { "policy.requests": "1500" });
    const first = await startNary(project, "release", "first", "--first", "-s", canary).ended;
    assert.equal(first.exitCode, 0, first.stdout + first.stderr);
    await untilInstances(service, 2);
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/dear/");
  });

  /** Releases beside clients, and tells the events. */
  async function released(release: string, exitCode: number): Promise<z.infer<typeof event>[]> {
    const clients = Array.from({ length: 4 }, () => startClients(url, 1));
    const ended = await startNary(project, "release", release, "-s", canary, "--json").ended;
    for (const each of clients) await each.stop();
    assert.equal(ended.exitCode, exitCode, ended.stdout + ended.stderr);
    return ended.stdout
      .trim()
      .split("\n")
      .map((line) => event.parse(JSON.parse(line)));
  }

  const verdictIn = (events: readonly z.infer<typeof event>[]) =>
    z
      .looseObject({ verdict: z.string(), why: z.string(), rule: z.string(), seconds: z.number().optional() })
      .parse(events.find((each) => each.event === "verdict"));

  it("is rejected for a fan-out, with the route and both numbers", async () => {
    const events = await released("fans", 1);
    const { verdict, why, rule } = verdictIn(events);
    assert.deepEqual([verdict, rule], ["reject", "check: costs"]);
    assert.match(
      why,
      /^costs: GET \/classes\/:id makes 12 queries a request where production makes 2 \([\d,]+ and [\d,]+ requests\)$/,
    );
    const { file } = z
      .looseObject({ file: z.string() })
      .parse(events.find((each) => each.event === "recording"));
    const replayed = await startNary(project, "replay", file).ended;
    assert.equal(replayed.exitCode, 0, replayed.stdout + replayed.stderr);
    assert.match(replayed.stdout, /GET \/classes\/:id makes 12 queries a request where production makes 2/);
    const { promoted, history } = await recordsOf(consulAddress, "dear", service);
    assert.deepEqual([promoted, history], ["first", ["promote first", "reject fans"]]);
  });

  it("is promoted without the fan-out", async () => {
    const { verdict, rule } = verdictIn(await released("joins", 0));
    assert.deepEqual([verdict, rule], ["promote", "zero-errors: goal"]);
    assert.equal((await recordsOf(consulAddress, "dear", service)).promoted, "joins");
  });

  it("is promoted with it where its route may cost more", async () => {
    await configure(project, canary, { "gate.costs.allowed[0]": "GET /classes/:id" });
    const { verdict } = verdictIn(await released("fansallowed", 0));
    assert.equal(verdict, "promote");
  });
});
