import assert from "node:assert/strict";
import { z } from "zod";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { get, jobsNamed } from "../../integration/stack/project.ts";
import { jobsOf } from "./jobs.ts";
import { sharedPlace, type Place } from "./own-cluster.ts";
import { assertEnded, firstReleases, hurry, requests, trafficOn, type Service } from "./services.ts";

const job = z.looseObject({ Meta: z.record(z.string(), z.string()) });

describe("production's job that somebody changes by hand", function () {
  this.timeout(600_000);
  let place: Place;
  let watched: Service;
  let rolled: Service;
  let baked: Service;

  before(async () => {
    place = await sharedPlace();
    const [one, other, third] = await firstReleases(place, [
      { name: "by-hand-watched", ofCanary: requests(500) },
      {
        name: "by-hand-rolled",
        ofProduction: { "update.minHealthySeconds": "15" },
      },
      { name: "by-hand-baked", ofCanary: { "gate.bake.seconds": "20" } },
    ]);
    assert.ok(one && other && third);
    [watched, rolled, baked] = [one, other, third];
  });

  after(async () => {
    for (const name of await jobsNamed("by-hand-")) await purge(name);
    for (const name of ["by-hand-watched", "by-hand-rolled", "by-hand-baked"])
      await deleteKeys(`nary/${name}/`);
  });

  /** Registers the job of a service with another meta, as by `nomad job run`. */
  async function change({ name }: Service, meta: Record<string, string>): Promise<void> {
    const found = job.parse(await get("nomad", `/v1/job/${name}`));
    const response = await fetch(`${place.nomadAddress}/v1/jobs`, {
      method: "PUT",
      body: JSON.stringify({ Job: { ...found, Meta: { ...found.Meta, ...meta } } }),
    });
    assert.equal(response.status, 200, await response.text());
  }

  it("is left alone while the canary is watched, and goes back to what was promoted in a roll-out", async () => {
    const clients = [watched.clients(20), rolled.clients(20)];
    const releases = [watched.release("second"), rolled.release("second")] as const;
    await releases[0].says(trafficOn);
    await change(watched, { by: "hand" });
    const refused = await hurry(watched, releases[0]);
    await releases[1].says(/pulumi up of by-hand-rolled-production done/);
    await change(rolled, { nary_release: "hotfix" });
    const failed = await releases[1].ended;
    const lost = await Promise.all(clients.map(({ stop }) => stop()));

    assertEnded(refused, 4);
    assert.match(
      refused.stdout,
      /not promoted: the job by-hand-watched was changed in Nomad by somebody else/,
    );
    assert.equal(job.parse(await get("nomad", `/v1/job/${watched.name}`)).Meta["by"], "hand");
    assertEnded(failed, 4);
    assert.match(
      failed.stdout,
      /the roll-out failed: the job was changed by somebody else: it runs the release hotfix; production is back on first/,
    );
    assert.deepEqual(lost, [[], []], refused.stdout + failed.stdout);
    for (const { records, name } of [watched, rolled]) {
      const { promoted, traffic } = await records();
      assert.deepEqual([promoted, traffic], ["first", "off"]);
      assert.deepEqual(await jobsOf(place, name), { [name]: "first", [`${name}-haproxy`]: undefined });
    }
  });

  it("goes on in its roll-out where somebody takes the canaries' job away", async () => {
    const clients = rolled.clients(20);
    const release = rolled.release("third");
    await release.says(/pulumi up of by-hand-rolled-production done/);
    await purge(rolled.canary);
    const ended = await release.ended;
    assert.deepEqual(await clients.stop(), [], ended.stdout);
    assertEnded(ended, 0);
    assert.match(
      ended.stdout,
      /canary .*by-hand-rolled-canary is not registered or was stopped by somebody else/,
    );
    assert.equal((await rolled.records()).promoted, "third");
    assert.deepEqual(await jobsOf(place, rolled.name), {
      [rolled.name]: "third",
      [`${rolled.name}-haproxy`]: undefined,
    });
  });

  it("is seen at the end of its bake, too, and goes back to what was promoted", async () => {
    const clients = baked.clients(20);
    const release = baked.release("second");
    await release.says(/by-hand-baked with second: 2 of 2 healthy, .*done/);
    await change(baked, { nary_release: "hotfix" });
    const failed = await release.ended;
    assert.deepEqual(await clients.stop(), [], failed.stdout);
    assertEnded(failed, 4);
    assert.match(
      failed.stdout,
      /the roll-out failed: the job was changed by somebody else: it runs the release hotfix; production is back on first/,
    );
    assert.equal((await baked.records()).promoted, "first");
  });
});
