import assert from "node:assert/strict";
import { jobsOf } from "./jobs.ts";
import { startOwnCluster, type OwnCluster } from "./own-cluster.ts";
import { assertEnded, firstReleases, hurry, requests, trafficOn, type Service } from "./services.ts";

/** Slow enough for no verdict to come within an outage. */
const pauseMs = 40;
const ofWatched = requests(1_500);

describe("an outage of Consul or Nomad in the middle of two releases", function () {
  this.timeout(600_000);
  let cluster: OwnCluster;
  let watched: Service;
  let rolled: Service;

  before(async () => {
    cluster = await startOwnCluster();
    const ofProduction = {
      // Longer than Pulumi takes to end.
      "update.minHealthySeconds": "15",
      "update.healthySeconds": "200",
    };
    [watched, rolled] = await services([
      { name: "watched", ofCanary: ofWatched },
      { name: "rolled", ofProduction },
    ]);
  });
  after(() => cluster.stop());

  async function services(wanted: Parameters<typeof firstReleases>[1]): Promise<[Service, Service]> {
    const [one, other] = await firstReleases(cluster, wanted);
    assert.ok(one && other);
    return [one, other];
  }

  for (const [what, release, away] of [
    ["an agent of Consul that is restarted", "second", () => cluster.consul.away(0)],
    ["60 s without Consul", "third", () => cluster.consul.away(60)],
    ["60 s without Nomad's server", "fourth", () => cluster.nomad.away(60)],
  ] as const) {
    it(`costs no client a request and no release its promotion: ${what}`, async () => {
      const clients = [watched.clients(pauseMs), rolled.clients(pauseMs)];
      const releases = [watched.release(release), rolled.release(release)] as const;
      await Promise.all([
        releases[0].says(trafficOn),
        releases[1].says(/pulumi up of rolled-production done/),
      ]);
      await away();
      const ended = await Promise.all([hurry(watched, releases[0]), releases[1].ended]);
      const failed = await Promise.all(clients.map(({ stop }) => stop()));

      for (const each of ended) assertEnded(each, 0);
      assert.deepEqual(failed, [[], []], ended.map(({ stdout }) => stdout).join("\n"));
      for (const { records, name } of [watched, rolled]) {
        const { promoted, traffic } = await records();
        assert.deepEqual([promoted, traffic], [release, "off"]);
        assert.deepEqual(await jobsOf(cluster, name), { [name]: release, [`${name}-haproxy`]: undefined });
      }
    });
  }
});
