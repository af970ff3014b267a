import assert from "node:assert/strict";
import { deleteKeys, untilInstances } from "../../integration/components/consul.ts";
import { untilServers } from "../../integration/components/haproxy-stats.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const service = "smoked";

/**
 * Counts no error. The release `liar` says by /status that it is well, and by /health that it is not; the status of its
 * answers to clients is one that HAProxy hands on to them.
 */
const lying = `
const { NARY_RELEASE, PORT, HOST } = process.env;
let requestCount = 0;
require("http").createServer(({ url }, response) => {
  if (url === "/status") return response.end();
  if (url === "/api/errorAndRequestCount") return response.end(JSON.stringify({ errorCount: 0, requestCount }));
  requestCount += 1;
  if (url === "/health") return response.end(JSON.stringify({ up: NARY_RELEASE !== "liar" }));
  response.writeHead(NARY_RELEASE === "liar" ? 418 : 200).end(NARY_RELEASE);
}).listen(PORT, HOST);`.replaceAll(/\s+/g, " ");

describe("releases that have to pass a smoke test", function () {
  this.timeout(480_000);
  const canary = `${service}-canary`;
  let project: Project;
  let consulAddress: string;
  let url: string;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    const port = cluster.fixedPort();
    const statsPort = cluster.fixedPort();
    url = `http://127.0.0.1:${port}`;
    project = await newProject([canary, `${service}-production`]);
    const haproxy = {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
    };
    await configurePair(project, service, service, haproxy, { "task.args[1]": lying });
    await configure(project, canary, {
      "gate.smoke[0].name": "health",
      "gate.smoke[0].path": "/health",
      "gate.smoke[0].json.up": "true",
      "gate.smoke[0].passes": "3",
      "gate.smokeSeconds": "5",
    });
    const { exitCode, stdout, stderr } = await startNary(project, "release", "first", "--first", "-s", canary)
      .ended;
    assert.equal(exitCode, 0, stdout + stderr);
    const ports = await untilInstances(service, 2);
    await untilServers(
      statsPort,
      ports.map((each) => `${service}_127.0.0.1_${each}`),
      30,
    );
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys(`nary/${service}/`);
  });

  it("are rejected before any client had an answer of one that fails it, and else promoted", async () => {
    const clients = startClients(url);
    const rejected = await startNary(project, "release", "liar", "-s", canary).ended;
    const answered = clients.answered();
    // The liar used all of its time; the good one may have as much as it needs.
    await configure(project, canary, { "gate.smokeSeconds": "60" });
    const promoted = await startNary(project, "release", "good", "-s", canary).ended;
    const failed = await clients.stop();

    assert.equal(rejected.exitCode, 1, rejected.stdout + rejected.stderr);
    assert.match(
      rejected.stdout,
      /reject: canary [0-9a-f]{8}: GET \/health answered 200 with false at up, true was expected: \{"up":false\}/,
    );
    assert.match(rejected.stdout, /decided by {3}smoke: health/);
    assert.doesNotMatch(rejected.stdout, /traffic to the canaries is on/);
    assert.ok(answered > 100);

    assert.equal(promoted.exitCode, 0, promoted.stdout + promoted.stderr);
    assert.match(promoted.stdout, /1 smoke test passed on 1 canary\n[^]*traffic to the canaries is on/);

    assert.deepEqual(failed, [], "clients saw nothing of the one that was rejected");
    assert.deepEqual(await recordsOf(consulAddress, service, service), {
      promoted: "good",
      traffic: "off",
      history: ["promote first", "reject liar", "promote good"],
    });
    assert.equal(await fetch(url).then((response) => response.text()), "good");
  });
});
