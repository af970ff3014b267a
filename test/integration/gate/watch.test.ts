import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { judgedBy } from "../../../gate/judged-by.ts";
import { Watch } from "../../../gate/watch.ts";
import { serviceName } from "../../../settings/names.ts";
import { policy, type Policy } from "../../../settings/policy.ts";
import type { Declared } from "../../../settings/records.ts";
import { settings } from "../../../settings/schema.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { deregisterInstance, registerInstance } from "../components/consul.ts";
import { declaredOf, endJob, eventually, registerJob } from "./job.ts";
import { assertEvents } from "../../support/events.ts";

const never = new AbortController().signal;
const tenRequests = policy.parse({ type: "zero-errors", requests: 10 });

function gateSettings(gate: Record<string, unknown>) {
  const parsed = settings.parse({
    role: "canary",
    service: "api",
    count: 1,
    task: { driver: "raw_exec" },
    gate,
  });
  assert.equal(parsed.role, "canary");
  return parsed.gate;
}

type Watched = {
  count?: number;
  cpu?: number;
  gate?: Record<string, unknown>;
  by?: Policy;
  /** What the canary is compared with. */
  other?: Declared;
};

describe("watching canaries on a real cluster", function () {
  this.timeout(60_000);
  let nomadAddress: string;
  let consul: Consul;
  let nomad: Nomad;
  const jobs = new Set<string>();

  before(async () => {
    const cluster = await sharedCluster();
    ({ nomadAddress } = cluster);
    consul = new Consul(new URL(cluster.consulAddress));
    nomad = new Nomad(new URL(nomadAddress));
  });

  after(async () => {
    for (const job of jobs) await endJob(nomad, job);
    await Promise.all([consul.close(), nomad.close()]);
  });

  /** Opens a watch of a new canary, and closes it. */
  async function watching(
    name: string,
    { count = 2, cpu = 20, gate = {}, by = tenRequests, other }: Watched,
    work: (watch: Watch, declared: Declared, events: Event[]) => Promise<void>,
  ): Promise<void> {
    const declared = declaredOf(name, count);
    jobs.add(name);
    await registerJob(nomadAddress, declared, cpu);
    const events: Event[] = [];
    const settings = gateSettings({ intervalSeconds: 0.1, startSeconds: 20, ...gate });
    const watch = new Watch({
      consul,
      nomad,
      service: serviceName.parse(name),
      declared,
      other,
      gate: settings,
      rules: judgedBy({ gate: settings, policy: by }, other, new Date()),
      tell: (event) => events.push(event),
    });
    try {
      await work(watch, declared, events);
      assertEvents(events);
    } finally {
      await watch.close();
    }
  }

  async function call(service: string, path: string, times: number): Promise<void> {
    const { instances } = await consul.instances(service);
    for (let time = 0; time < times; time++) {
      const { address } = instances[time % instances.length] ?? assert.fail("no instance");
      const url = `http://${address.host}:${address.port}${path}`;
      await request(url).then(
        ({ body }) => body.dump(),
        () => undefined,
      );
    }
  }

  it("promotes after enough requests on all of them together", async () => {
    await watching("nary-test-good", {}, async (watch, { service }, events) => {
      assert.equal(await watch.untilUp(never), undefined);
      watch.trafficIsOn();
      const verdict = watch.untilVerdict(never);
      await call(service, "/hit", 10);
      assert.equal((await verdict).type, "promote");
      assert.equal(watch.evidence.canary.requests, 10);
      const running = events.filter((event) => event.event === "canary" && event.state === "running");
      assert.equal(running.length, 2);
    });
  });

  it("compares with production, whose counts from before the watch are left out", async () => {
    const other = declaredOf("nary-test-stable", 1, "api:1", "production");
    jobs.add(other.job);
    await registerJob(nomadAddress, other);
    await eventually("production", async () => {
      const { instances } = await consul.instances(other.service);
      return instances.length > 0 || undefined;
    });
    await call(other.service, "/fail", 30);
    const by = policy.parse({ type: "baseline", minRequests: 1, minSeconds: 0, maxRequests: 10_000 });
    await watching("nary-test-compared", { other, by, count: 1 }, async (watch, { service }, events) => {
      assert.equal(await watch.untilUp(never), undefined);
      watch.trafficIsOn();
      const verdict = watch.untilVerdict(never);
      while (watch.evidence.canary.failed < 12) {
        await call(other.service, "/hit", 10);
        await call(service, "/fail", 10);
      }
      const { type, rule, evidence } = await verdict;
      assert.deepEqual([type, rule], ["reject", "baseline: reject"]);
      assert.ok((evidence.other?.requests ?? 0) >= 10);
      assert.equal(evidence.other?.failed, 0);
      assert.ok(events.every((event) => event.event !== "fault"));
    });
  });

  it("reads the guard rails as soon as there is traffic, and rejects by them", async () => {
    const checks = [{ type: "event-loop-lag", name: "lag", limit: 50, noData: "bad" }];
    await watching("nary-test-checked", { count: 1, gate: { checks } }, async (watch) => {
      assert.equal(await watch.untilUp(never), undefined);
      watch.trafficIsOn();
      const { type, rule, why } = await watch.untilVerdict(never);
      assert.deepEqual([type, rule], ["reject", "check: lag"]);
      assert.match(why, /no canary tells how long its event loop stalls/);
    });
  });

  it("counts a canary once that is registered in Consul twice, and names one that is a stranger", async () => {
    await watching("nary-test-twice", { count: 1 }, async (watch, { service }, events) => {
      assert.equal(await watch.untilUp(never), undefined);
      const { instances } = await consul.instances(service);
      const { id, address } = instances[0] ?? assert.fail("no instance");
      const others = [`${id}-again`, "nary-test-stranger"];
      for (const other of others) await registerInstance(service, other, address.port);
      try {
        watch.trafficIsOn();
        const verdict = watch.untilVerdict(never);
        await call(service, "/hit", 10);
        assert.equal((await verdict).type, "promote");
        assert.equal(watch.evidence.canary.requests, 10);
        await eventually("the stranger's name", () =>
          Promise.resolve(
            events.find(
              (event) =>
                event.event === "warning" && event.why.startsWith("nary-test-stranger is registered as"),
            ),
          ),
        );
      } finally {
        for (const other of others) await deregisterInstance(other);
      }
    });
  });

  it("rejects at the first error, also when the goal had been reached", async () => {
    await watching("nary-test-bad", {}, async (watch, { service }) => {
      assert.equal(await watch.untilUp(never), undefined);
      watch.trafficIsOn();
      await call(service, "/hit", 20);
      assert.equal((await watch.untilVerdict(never)).type, "promote");
      const rejected = watch.untilRejected(never);
      await call(service, "/fail", 1);
      const verdict = await rejected;
      assert.equal(verdict.type, "reject");
      assert.equal(watch.evidence.canary.errors, 1);
    });
  });

  it("takes a canary that dies for an error, and does not count it twice", async () => {
    await watching("nary-test-dies", {}, async (watch, { service }, events) => {
      assert.equal(await watch.untilUp(never), undefined);
      watch.trafficIsOn();
      const verdict = watch.untilVerdict(never);
      await call(service, "/die", 1);
      assert.equal((await verdict).type, "reject");
      await eventually("Nomad's word", () =>
        Promise.resolve(events.find((event) => event.event === "canary" && event.state === "crashed")),
      );
      assert.equal(watch.evidence.canary.errors, 1);
    });
  });

  it("is inconclusive when Nomad has no room, and says what was short", async () => {
    await watching("nary-test-huge", { cpu: 10_000_000, gate: { startSeconds: 2 } }, async (watch) => {
      const verdict = await watch.untilUp(never);
      assert.equal(verdict?.type, "inconclusive");
      assert.match(verdict.why, /0 of 2 canaries were up within 2 s.*cpu/);
    });
  });

  it("is inconclusive when somebody else stops the job", async () => {
    await watching("nary-test-stopped", {}, async (watch, { job }) => {
      assert.equal(await watch.untilUp(never), undefined);
      watch.trafficIsOn();
      const verdict = watch.untilVerdict(never);
      await nomad.purge(job);
      const { type, why } = await verdict;
      assert.equal(type, "inconclusive", why);
      assert.match(why, /stopped by somebody else/);
      assert.equal(watch.evidence.canary.errors, 0);
    });
  });

  for (const [what, end] of [
    ["stops", (job: string) => nomad.stop(job)],
    ["purges", (job: string) => nomad.purge(job)],
  ] as const)
    it(`does not reject during a roll-out because somebody else ${what} the job`, async () => {
      await watching(`nary-test-${what}`, {}, async (watch, { job }) => {
        assert.equal(await watch.untilUp(never), undefined);
        watch.trafficIsOn();
        const stop = new AbortController();
        const verdict = watch.untilRejected(stop.signal).then(
          ({ why }) => why,
          () => "none",
        );
        await end(job);
        await eventually("the end of the canaries", () =>
          Promise.resolve(watch.running.length === 0 ? true : undefined),
        );
        await sleep(1_500);
        stop.abort();
        assert.equal(await verdict, "none");
        assert.equal(watch.evidence.canary.errors, 0);
      });
    });

  it("is inconclusive at the time limit", async () => {
    await watching("nary-test-idle", { gate: { limitSeconds: 1 } }, async (watch) => {
      assert.equal(await watch.untilUp(never), undefined);
      watch.trafficIsOn();
      assert.equal((await watch.untilVerdict(never)).type, "inconclusive");
    });
  });

  it("breaks off when the job becomes another release's", async () => {
    await watching("nary-test-changed", {}, async (watch, declared) => {
      assert.equal(await watch.untilUp(never), undefined);
      const verdict = watch.untilVerdict(never);
      const rejected = assert.rejects(verdict, /runs the release api:3/);
      await registerJob(nomadAddress, declaredOf(declared.job, 2, "api:3"));
      await rejected;
    });
  });

  it("ends with its signal", async () => {
    await watching("nary-test-good", {}, async (watch) => {
      const stop = new AbortController();
      const verdict = watch.untilVerdict(stop.signal);
      stop.abort();
      await assert.rejects(verdict, { name: "AbortError" });
    });
  });
});
