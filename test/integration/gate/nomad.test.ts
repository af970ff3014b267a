import assert from "node:assert/strict";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { placementFailures, sentenceOf } from "../../../gate/discover/placement.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { declaredOf, eventually, jobOf, registerJob } from "./job.ts";

describe("Nomad, as the gate asks it", function () {
  this.timeout(60_000);
  const declared = declaredOf("nary-test-nomad", 1);
  let nomad: Nomad;
  let address: string;

  before(async () => {
    address = (await sharedCluster()).nomadAddress;
    nomad = new Nomad(new URL(address));
  });

  after(async () => {
    await nomad.purge(declared.job);
    await nomad.close();
  });

  it("says that it is there", async () => {
    await nomad.check();
  });

  it("is asked for its own region, and for none that it does not know", async () => {
    const own = new Nomad(new URL(address), undefined, { region: "global" });
    const other = new Nomad(new URL(address), undefined, { region: "west" });
    try {
      await own.check();
      assert.deepEqual(await own.jobsWith({ nary_test: "nobody" }), []);
      const asked = [
        () => other.check(),
        () => other.job("any"),
        () => other.jobsWith({}),
        () => other.allocations("any"),
        () => other.purge("any"),
      ];
      for (const ask of asked) await assert.rejects(ask, /No path to region/);
    } finally {
      await Promise.all([own.close(), other.close()]);
    }
  });

  it("knows nothing of a job that is not there", async () => {
    assert.equal(await nomad.job("nary-test-nobody"), undefined);
    assert.deepEqual((await nomad.allocations("nary-test-nobody")).allocations, []);
    assert.deepEqual(await nomad.deployments("nary-test-nobody"), []);
    await nomad.purge("nary-test-nobody");
  });

  it("tells a job, its allocations and why they cannot be placed, and finds the job by its meta", async () => {
    await registerJob(address, declared, 10_000_000);
    const job = await nomad.job(declared.job);
    assert.equal(job?.meta["nary_release"], declared.release);
    assert.equal(job.count, 1);
    assert.equal(job.stopped, false);
    assert.deepEqual(await nomad.jobsWith({ nary_test: declared.job }), [declared.job]);
    assert.deepEqual(await nomad.jobsWith({ nary_test: declared.job, nary_release: "other" }), []);
    const [why] = await eventually("a failed placement", async () => {
      const failures = placementFailures(await nomad.evaluations(declared.job));
      return failures.length > 0 ? failures : undefined;
    });
    assert.match(why ?? "", /group web cannot be placed.*cpu/);
  });

  it("tells whether a job would have room, and registers nothing", async () => {
    const { job } = declaredOf("nary-test-nomad-plan", 1);
    assert.deepEqual(await nomad.planned(job, jobOf({ ...declared, job })), []);
    const [failure] = await nomad.planned(job, jobOf({ ...declared, job }, 10_000_000));
    assert.ok(failure !== undefined);
    assert.match(sentenceOf(failure), /group web cannot be placed.*cpu/);
    assert.equal(await nomad.job(job), undefined);
  });

  it("tells of a change as soon as there is one", async () => {
    const { index } = await nomad.allocations(declared.job);
    const next = nomad.allocations(declared.job, index);
    await registerJob(address, declared, 20);
    let { allocations, index: heard } = await next;
    // Nomad answers, too, when another job's allocations change meanwhile.
    while (allocations.length === 0)
      ({ allocations, index: heard } = await nomad.allocations(declared.job, heard));
    assert.equal(allocations.length, 1);
    await eventually("a running allocation", async () => {
      const { allocations: now } = await nomad.allocations(declared.job);
      return now.find(({ client }) => client === "running");
    });
  });

  it("forgets a purged job, and its allocation ends", async () => {
    await nomad.purge(declared.job);
    assert.equal(await nomad.job(declared.job), undefined);
    await eventually("the end of the allocation", async () => {
      const { allocations } = await nomad.allocations(declared.job);
      return allocations.every(({ client }) => client !== "running" && client !== "pending") || undefined;
    });
  });
});
