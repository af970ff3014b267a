import assert from "node:assert/strict";
import { join } from "node:path";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { jobsNamed } from "../../integration/stack/project.ts";
import { sharedPlace } from "./own-cluster.ts";
import { assertEnded, firstReleases, type Service } from "./services.ts";

const jumping = { NODE_OPTIONS: `--import ${join(import.meta.dirname, "clock.ts")}` };

/** Seconds after which a release is inconclusive, and a roll-out has failed: far below the jumps. */
const limits = { "gate.limitSeconds": "600", "gate.rolloutSeconds": "300", "gate.startSeconds": "120" };

describe("a clock that jumps by hours while the gate runs", function () {
  this.timeout(600_000);
  let good: Service;
  let bad: Service;

  before(async () => {
    const [one, other] = await firstReleases(await sharedPlace(), [
      { name: "clock-good", ofCanary: limits },
      { name: "clock-bad", ofCanary: limits },
    ]);
    assert.ok(one && other);
    [good, bad] = [one, other];
  });

  after(async () => {
    for (const name of await jobsNamed("clock-")) await purge(name);
    for (const name of ["clock-good", "clock-bad"]) await deleteKeys(`nary/${name}/`);
  });

  it("changes no verdict and no act", async () => {
    const clients = [good.clients(), bad.clients()];
    const [promoted, rejected] = await Promise.all([
      good.release("good", jumping).ended,
      bad.release("bad", jumping).ended,
    ]);
    const failed = await Promise.all(clients.map(({ stop }) => stop()));

    assertEnded(promoted, 0);
    assertEnded(rejected, 1);
    assert.deepEqual(failed, [[], []], promoted.stdout + rejected.stdout);
    const records = await Promise.all([good.records(), bad.records()]);
    assert.deepEqual(
      records.map(({ promoted: now, traffic }) => [now, traffic]),
      [
        ["good", "off"],
        ["first", "off"],
      ],
    );
    // By the clock they may stand the other way round.
    assert.deepEqual(
      records.map(({ history }) => history.sort()),
      [
        ["promote first", "promote good"],
        ["promote first", "reject bad"],
      ],
    );
  });
});
