import assert from "node:assert/strict";
import { deleteKeys, untilInstances } from "../../integration/components/consul.ts";
import { untilServers } from "../../integration/components/haproxy-stats.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { configurePair, recordsOf, startClients, startNary, type Clients } from "./releases.ts";

const service = "crowded";
const canary = "west-canary";

describe("ten gates of one service at once", function () {
  this.timeout(400_000);
  let project: Project;
  let consulAddress: string;
  let clients: Clients | undefined;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    const port = cluster.fixedPort();
    const statsPort = cluster.fixedPort();
    project = await newProject([canary, "west-production"]);
    await configurePair(project, "west", service, {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
    });
    // Long enough for the last of the ten to find the first at work.
    await configure(project, canary, { "policy.requests": "600" });
    const { exitCode, stderr } = await startNary(project, "release", "first", "--first", "-s", canary).ended;
    assert.equal(exitCode, 0, stderr);
    const ports = await untilInstances(service, 2);
    await untilServers(
      statsPort,
      ports.map((each) => `${service}_127.0.0.1_${each}`),
    );
    clients = startClients(`http://127.0.0.1:${port}/`);
  });

  after(async () => {
    await clients?.stop();
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/west/");
  });

  it("act one at a time: the others say who holds it since when and end with 4, or wait", async () => {
    const releases = Array.from({ length: 10 }, (_, index) => `release${index}`);
    const waits = (release: string) => release === "release9";
    const gates = releases.map((release) => ({
      release,
      program: startNary(project, "release", release, "-s", canary, ...(waits(release) ? ["--wait"] : [])),
    }));
    const ended = await Promise.all(
      gates.map(async ({ release, program }) => ({ release, ...(await program.ended) })),
    );
    const refused = ended.filter(({ exitCode }) => exitCode === 4);
    for (const { stderr } of refused)
      assert.match(
        stderr,
        /^nary: This service is being released by `nary release release\d` of \S+ on \S+ \(process \d+\) since \d{4}-\d\d-\d\dT.*--wait/,
      );
    const done = ended.filter(({ exitCode }) => exitCode === 0).map(({ release }) => release);
    assert.equal(done.length + refused.length, 10, ended.map(({ stderr }) => stderr).join(""));
    assert.ok(done.includes("release9"), done.join());
    // One of those that would not wait may have been the first.
    assert.ok(done.length <= 2, done.join());
    const { promoted, traffic, history } = await recordsOf(consulAddress, "west", service);
    assert.deepEqual(
      history.sort(),
      [...done.map((release) => `promote ${release}`), "promote first"].sort(),
    );
    assert.ok(promoted !== undefined && done.includes(promoted), promoted);
    assert.equal(traffic, "off");
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
    assert.deepEqual(await clients?.stop(), []);
  });
});
