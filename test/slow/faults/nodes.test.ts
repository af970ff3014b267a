import assert from "node:assert/strict";
import { jobsOf } from "./jobs.ts";
import { tellNode } from "./nodes.ts";
import { startOwnCluster, type OwnCluster } from "./own-cluster.ts";
import { assertEnded, firstReleases, hurry, requests, trafficOn, type Service } from "./services.ts";

/** Counts as the others do; the release `leaky` keeps 8 MiB of each request after its twentieth. */
const leaking = `
const { NARY_RELEASE, PORT, HOST } = process.env;
const kept = [];
let requestCount = 0;
require("http").createServer(({ url }, response) => {
  if (url === "/status") return response.end();
  if (url === "/api/errorAndRequestCount") return response.end(JSON.stringify({ errorCount: 0, requestCount }));
  requestCount += 1;
  if (NARY_RELEASE === "leaky" && requestCount > 20) kept.push(Buffer.alloc(8388608, 1));
  response.end(NARY_RELEASE);
}).listen(PORT, HOST);`.replaceAll(/\s+/g, " ");

const [home, away] = ["client-0", "client-1"] as const;

describe("a node of Nomad's under a canary", function () {
  this.timeout(600_000);
  let cluster: OwnCluster;
  let leaky: Service;
  let drained: Service;

  before(async () => {
    cluster = await startOwnCluster({ clients: 2 });
    await tellNode(cluster, away, "ineligible");
    const [one, other] = await firstReleases(cluster, [
      {
        name: "leaky",
        ofCanary: requests(100_000),
        ofBoth: { "task.driver": "exec", "task.args[1]": leaking, memory: "96" },
      },
      {
        name: "drained",
        ofCanary: requests(1_000),
        // Longer than HAProxy takes to hear of it, also on a machine with other work.
        ofBoth: { shutdownDelaySeconds: "8" },
      },
    ]);
    assert.ok(one && other);
    [leaky, drained] = [one, other];
  });
  after(() => cluster.stop());

  it("is no failure of the release when it is drained: the canary is watched where it has gone", async () => {
    await tellNode(cluster, home, "ineligible");
    await tellNode(cluster, away, "eligible");
    const clients = drained.clients(20);
    const release = drained.release("second");
    await release.says(trafficOn);
    await release.says(/canary \w+ \(\S+ on client-1\) runs/);
    await tellNode(cluster, home, "eligible");
    await tellNode(cluster, away, "drain");
    await release.says(/was stopped by Nomad: alloc is being migrated/);
    await release.says(/canary \w+ \(\S+ on client-0\) runs/);
    const ended = await hurry(drained, release);
    const failed = await clients.stop();

    assertEnded(ended, 0);
    assert.deepEqual(failed, [], ended.stdout);
    const { promoted, traffic } = await drained.records();
    assert.deepEqual([promoted, traffic], ["second", "off"]);
    assert.deepEqual(await jobsOf(cluster, "drained"), { drained: "second", "drained-haproxy": undefined });
  });

  it("kills a canary that takes too much memory, which is rejected", async () => {
    const clients = leaky.clients();
    const ended = await leaky.release("leaky").ended;
    const failed = await clients.stop();

    assertEnded(ended, 1);
    assert.match(
      ended.stdout,
      /rejected leaky after .*(?:crashed: task .*Exit Code: 137|could not be reached: .*ECONNREFUSED|HAProxy saw \d+ answers? refused, cut, empty or late)/,
    );
    assert.deepEqual(failed, [], ended.stdout);
    assert.deepEqual(await leaky.records(), {
      promoted: "first",
      traffic: "off",
      history: ["promote first", "reject leaky"],
    });
    assert.deepEqual(await jobsOf(cluster, "leaky"), { leaky: "first", "leaky-haproxy": undefined });
  });
});
