import assert from "node:assert/strict";
import { until } from "../../../demo/cluster/until.ts";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { jobsNamed } from "../../integration/stack/project.ts";
import { serversOf } from "../../integration/components/haproxy-stats.ts";
import { jobsOf } from "./jobs.ts";
import { sharedPlace, type Place } from "./own-cluster.ts";
import { assertEnded, firstReleases, hurry, requests, trafficOn, type Service } from "./services.ts";
import { killTasks } from "./tasks.ts";

describe("a HAProxy that is killed while a canary is watched", function () {
  this.timeout(600_000);
  let place: Place;
  let service: Service;

  before(async () => {
    place = await sharedPlace();
    const [only] = await firstReleases(place, [{ name: "faults-front", ofCanary: requests(500) }]);
    assert.ok(only);
    service = only;
  });

  after(async () => {
    for (const name of await jobsNamed("faults-front")) await purge(name);
    await deleteKeys("nary/faults-front/");
  });

  it("is started again with the canary, which is watched on and promoted", async () => {
    const clients = service.clients(20);
    const release = service.release("second");
    await release.says(trafficOn);
    assert.notDeepEqual(await killTasks(`${service.name}-haproxy`), []);
    const isDown = async () => ((await serversOf(service.statsPort)) === undefined ? true : undefined);
    assert.ok(await until(isDown, 10_000, 10));
    const hasCanary = async () =>
      Object.keys((await serversOf(service.statsPort)) ?? {}).some((name) => name.startsWith("canary_")) ||
      undefined;
    assert.ok(await until(hasCanary, 30_000));
    // Those that began before the fault know of it; from here on nobody does.
    const failed = await clients.stop();
    const ended = await hurry(service, release);

    assertEnded(ended, 0);
    assert.deepEqual([...new Set(failed)], [0], "there was no connection, and no wrong answer");
    const { promoted, traffic } = await service.records();
    assert.deepEqual([promoted, traffic], ["second", "off"]);
    assert.deepEqual(await jobsOf(place, service.name), {
      [service.name]: "second",
      [`${service.name}-haproxy`]: undefined,
    });
  });
});
