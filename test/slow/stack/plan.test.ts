import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { deleteKeys, untilInstances } from "../../integration/components/consul.ts";
import { untilServers } from "../../integration/components/haproxy-stats.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const service = "planned";
const [canary, production] = ["south-canary", "south-production"] as const;

const expected = z.object({
  rate: z.number(),
  reject: z.number(),
  promote: z.number(),
  requests: z.number(),
  seconds: z.number(),
});
const content = z.object({
  service: z.string(),
  release: z.string(),
  aim: z.string(),
  today: z.object({
    instances: z.number(),
    requestsPerSecond: z.number(),
    requests: z.number(),
    failed: z.number(),
    unknown: z.array(z.string()),
  }),
  canary: z.object({ instances: z.number(), share: z.number(), requestsPerSecond: z.number() }),
  clean: expected,
  bad: z.array(expected),
  room: z.array(z.object({ job: z.string(), room: z.string(), why: z.array(z.string()) })),
});

describe("a release that is planned, made and decided again", function () {
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
    await configurePair(project, "south", service, {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
    });
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/south/");
  });

  const nary = (...args: string[]) => startNary(project, ...args).ended;

  async function planned(exitCode: number, ...args: string[]) {
    const ended = await nary("plan", ...args, "--json", "-s", canary);
    assert.equal(ended.exitCode, exitCode, ended.stdout + ended.stderr);
    return content.parse(JSON.parse(ended.stdout));
  }

  it("cannot be planned before there is a production", async () => {
    const { exitCode, stdout, stderr } = await nary("plan", "good", "-s", canary);
    assert.equal(exitCode, 2, stdout + stderr);
    assert.match(stderr, /^nary: Production runs nothing yet.*nary release IMAGE --first -s south-canary$/m);
  });

  it("has figures that fit production's traffic, and room, and nothing is deployed for them", async () => {
    const first = await nary("release", "first", "--first", "-s", canary);
    assert.equal(first.exitCode, 0, first.stdout + first.stderr);
    const ports = await untilInstances(service, 2);
    await untilServers(
      statsPort,
      ports.map((each) => `${service}_127.0.0.1_${each}`),
    );
    const clients = startClients(url);
    const start = performance.now();
    let plan;
    let perSecond;
    try {
      plan = await planned(0, "good", "--seconds", "10", "--rates", "0.1,0.001");
      perSecond = clients.answered() / ((performance.now() - start) / 1000);
    } finally {
      assert.deepEqual(await clients.stop(), []);
    }

    assert.deepEqual(
      { service: plan.service, release: plan.release, aim: plan.aim },
      { service, release: "good", aim: "zero errors in 100 requests" },
    );
    assert.deepEqual(plan.room, [
      { job: `${service}-canary`, room: "enough", why: [] },
      { job: service, room: "enough", why: [] },
    ]);
    const { today } = plan;
    assert.deepEqual([today.instances, today.failed, today.unknown], [2, 0, []]);
    const isNear = (figure: number, other: number) => figure > other / 4 && figure < other * 4;
    assert.ok(isNear(today.requestsPerSecond, perSecond), `${today.requestsPerSecond}, ${perSecond}`);
    assert.ok(today.requests >= today.requestsPerSecond * 10 * 0.9, "all requests since the start");
    assert.deepEqual([plan.canary.instances, plan.canary.share], [1, 1 / 3]);
    assert.ok(isNear(plan.canary.requestsPerSecond, perSecond / 3), String(plan.canary.requestsPerSecond));
    const { clean, bad } = plan;
    assert.deepEqual([clean.promote, clean.reject], [1, 0]);
    // The goal, and what comes until the gate looks: half a second.
    const until = 100 + plan.canary.requestsPerSecond / 2;
    assert.ok(Math.abs(clean.requests - until) < 1, `${clean.requests}, ${until}`);
    assert.ok(isNear(clean.seconds, 100 / (perSecond / 3)), String(clean.seconds));
    assert.deepEqual(
      bad.map(({ rate, reject }) => [rate, Number(reject.toFixed(4))]),
      [0.1, 0.001].map((rate) => [rate, Number((1 - (1 - rate) ** 100).toFixed(4))]),
    );

    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
    const { promoted, history } = await recordsOf(consulAddress, "south", service);
    assert.deepEqual([promoted, history], ["first", ["promote first"]]);
  });

  it("has no room where its count does not fit, and says which job and why", async () => {
    await configure(project, canary, { count: "3000" });
    const plan = await planned(1, "--seconds", "1");
    const text = await nary("plan", "--seconds", "1", "-s", canary);
    await configure(project, canary, { count: "1" });
    assert.equal(plan.release, "first", "what production runs");
    assert.deepEqual(
      plan.room.map(({ job, room }) => [job, room]),
      [
        [`${service}-canary`, "missing"],
        [service, "enough"],
      ],
    );
    const why =
      /the group planned-canary-group cannot be placed \(clients: 1 evaluated, .* 1 exhausted\): \w/;
    assert.match(plan.room[0]?.why.join() ?? "", why);
    assert.equal(text.exitCode, 1);
    const { stdout } = text;
    assert.match(stdout, new RegExp(`^room {9}planned-canary: there is no room: ${why.source}`, "m"));
    assert.match(stdout, /^room {9}planned: there is room$/m);
  });

  it("is decided again from its record, with the same verdict, and by another policy", async () => {
    const file = join(project.folder, "record.ndjson");
    const release = startNary(project, "release", "good", "--record", file, "-s", canary);
    await release.says(/traffic to the canaries is on/);
    const clients = startClients(url);
    const { exitCode, stdout, stderr } = await release.ended.finally(clients.stop);
    assert.equal(exitCode, 0, stdout + stderr);

    const same = await nary("replay", file);
    assert.equal(same.exitCode, 0, same.stdout + same.stderr);
    assert.match(same.stdout, /^recorded here: promote: .*$/m);
    assert.match(same.stdout, /\npromote: the same verdict, bit for bit\n$/);

    const stricter = JSON.stringify({ type: "zero-errors", errorRate: 0.0001 });
    const other = await nary("replay", file, "--policy", stricter);
    assert.equal(other.exitCode, 0, other.stdout + other.stderr);
    assert.match(other.stdout, /^recorded here: promote: /m);
    assert.match(other.stdout, /\nwait: decided by another policy than the gate's\n$/);
  });
});
