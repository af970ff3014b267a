import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../../../demo/cluster/until.ts";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { jobsNamed } from "../../integration/stack/project.ts";
import { startProgram, type Program } from "../../support/program.ts";
import { jobsOf } from "./jobs.ts";
import { sharedPlace, type Place } from "./own-cluster.ts";
import { assertEnded, firstReleases, hurry, requests, trafficOn, type Service } from "./services.ts";

describe("a stack that another Pulumi has locked", function () {
  this.timeout(600_000);
  let place: Place;
  let service: Service;
  const others: Program[] = [];

  before(async () => {
    place = await sharedPlace();
    const [only] = await firstReleases(place, [
      {
        name: "faults-locked",
        ofCanary: requests(300),
        // Long enough to lock production's stack in the middle of a roll-out.
        ofProduction: { "update.minHealthySeconds": "15" },
      },
    ]);
    assert.ok(only);
    service = only;
  });

  afterEach(async () => {
    await letGo();
  });

  after(async () => {
    for (const name of await jobsNamed("faults-locked")) await purge(name);
    await deleteKeys("nary/faults-locked/");
  });

  /** Begins a `pulumi refresh` of a stack, and stops it as soon as it has the stack's lock. */
  async function lock(stack: string): Promise<void> {
    const { folder, env } = service.project;
    const args = ["refresh", "--yes", "--skip-preview", "--stack", stack, "--non-interactive"];
    const other = startProgram("pulumi", args, { cwd: folder, env, detached: true });
    others.push(other);
    const locks = join(folder, "state", ".pulumi", "locks");
    const isLocked = async () => {
      const found = await readdir(locks, { recursive: true }).catch(() => []);
      return found.some((path) => path.includes(stack) && path.endsWith(".json")) || undefined;
    };
    assert.ok(await until(isLocked, 30_000, 5));
    process.kill(-(other.child.pid ?? assert.fail()), "SIGSTOP");
  }

  async function letGo(): Promise<void> {
    for (const { child, ended } of others.splice(0)) {
      process.kill(-(child.pid ?? assert.fail()), "SIGCONT");
      await ended;
    }
  }

  async function assertAsBefore(): Promise<void> {
    const { promoted, traffic } = await service.records();
    assert.deepEqual([promoted, traffic], ["first", "off"]);
    assert.deepEqual(await jobsOf(place, service.name), {
      [service.name]: "first",
      [`${service.name}-haproxy`]: undefined,
    });
  }

  it("is named, and nothing has begun, where it is the canary's", async () => {
    await lock(service.canary);
    const ended = await service.release("second").ended;
    await letGo();

    assertEnded(ended, 4);
    assert.match(
      ended.stderr,
      /The stack faults-locked-canary is locked by another Pulumi\. .*pulumi cancel --stack faults-locked-canary/,
    );
    await assertAsBefore();
  });

  it("ends a promotion before it has begun, where it is production's", async () => {
    const clients = service.clients(20);
    const release = service.release("second");
    await release.says(trafficOn);
    await lock(service.production);
    const ended = await hurry(service, release);
    await letGo();
    const failed = await clients.stop();

    assertEnded(ended, 4);
    assert.match(
      ended.stdout,
      /The stack faults-locked-production is locked by another Pulumi\. .*pulumi cancel --stack faults-locked-production/,
    );
    assert.match(ended.stdout, /; production is as it was/);
    assert.doesNotMatch(ended.stdout, /rolling back/);
    assert.deepEqual(failed, [], ended.stdout);
    await assertAsBefore();
  });

  it("is waited for where production is to go back in the middle of a roll-out", async () => {
    const clients = service.clients(20);
    const release = service.release("second");
    await release.says(/pulumi up of faults-locked-production done/);
    await lock(service.production);
    assertEnded(await service.nary("abort", "--why", "second thoughts").ended, 0);
    await release.says(/faults-locked-production is locked by another Pulumi.*; trying again/);
    await letGo();
    const ended = await release.ended;
    const failed = await clients.stop();

    assertEnded(ended, 1);
    assert.match(ended.stdout, /rejected second .*second thoughts; production is back on first/);
    assert.deepEqual(failed, [], ended.stdout);
    await assertAsBefore();
  });
});
