import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { holdRollout } from "../../../gate/act/hold-rollout.ts";
import { deploymentOf } from "../../../gate/act/rollout.ts";
import type { Allocation, Deployment } from "../../../gate/clients/nomad-answers.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { release, serviceName, type Release } from "../../../settings/names.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { eventually, declaredOf, jobOf } from "./job.ts";

/** Seconds for which an instance has to run before Nomad takes it for healthy. */
const healthySeconds = 2;
const first = release.parse("api:1");
const second = release.parse("api:2");
const nanoseconds = 1_000_000_000;

describe("a roll-out that production goes back from, on a real Nomad", function () {
  this.timeout(60_000);
  const name = "nary-test-hold";
  const service = serviceName.parse(name);
  let nomad: Nomad;
  let address: string;

  before(async () => {
    address = (await sharedCluster()).nomadAddress;
    nomad = new Nomad(new URL(address));
  });

  afterEach(async () => {
    await nomad.purge(name);
  });

  after(async () => {
    await nomad.close();
  });

  /** Registers two instances, of which one is replaced after the other. */
  async function register(wanted: Release): Promise<void> {
    const job = jobOf(declaredOf(name, 2, wanted, "production"), 20, `setInterval(() => "${wanted}", 1000)`);
    const update = {
      MaxParallel: 1,
      MinHealthyTime: healthySeconds * nanoseconds,
      HealthyDeadline: 60 * nanoseconds,
    };
    const body = JSON.stringify({
      Job: { ...job, Update: { ...update, ProgressDeadline: 120 * nanoseconds } },
    });
    const response = await request(new URL("/v1/jobs", address), { method: "PUT", body });
    assert.equal(response.statusCode, 200, await response.body.text());
  }

  const serving = (all: readonly Allocation[]) =>
    all.filter(
      ({ client, desired, healthy }) => client === "running" && desired === "run" && healthy === true,
    );

  /** The deployment of the job's newest version. */
  async function newest(): Promise<Deployment | undefined> {
    const job = await nomad.job(name);
    return job && deploymentOf(job, await nomad.deployments(name));
  }

  /** Waits for so many instances of the job's newest version to be healthy. */
  const healthy = (count: number) =>
    eventually(`${count} healthy instances`, async () => (await newest())?.healthy === count || undefined);

  /** What is told while it is held. */
  async function held(): Promise<Event[]> {
    const events: Event[] = [];
    await holdRollout({ nomad, service, tell: (event) => events.push(event) }, first);
    return events;
  }

  it("goes no further than it is", async () => {
    await register(first);
    await healthy(2);
    await register(second);
    await eventually(
      "the roll-out of the second release",
      async () => (await newest())?.status === "running" || undefined,
    );
    await held();
    const served = async () => serving((await nomad.allocations(name)).allocations);
    const versions = async () => (await served()).map(({ jobVersion }) => jobVersion).sort();
    assert.deepEqual(await versions(), [0, 1]);
    await sleep(2 * healthySeconds * 1000);
    assert.deepEqual(await versions(), [0, 1]);
    assert.equal((await newest())?.status, "paused");
    await register(first);
    await healthy(2);
  });

  it("is none, where it is already what production goes back to", async () => {
    await register(first);
    await eventually("its roll-out", async () => (await newest())?.status === "running" || undefined);
    assert.deepEqual(await held(), []);
    assert.equal((await newest())?.status, "running");
  });

  it("leaves one that serves at every moment, until production is back", async () => {
    await register(first);
    await healthy(2);
    await register(second);
    await healthy(1);
    await eventually("the second instance's replacement", async () => {
      const { allocations } = await nomad.allocations(name);
      return serving(allocations).length === 1 || undefined;
    });
    const events = await held();
    assert.match(JSON.stringify(events), /"status":"paused"/);
    await register(first);
    let least = Number.POSITIVE_INFINITY;
    const done = healthy(2);
    for (;;) {
      least = Math.min(least, serving((await nomad.allocations(name)).allocations).length);
      if ((await Promise.race([done, sleep(50)])) === true) break;
    }
    assert.equal(least, 1);
  });
});
