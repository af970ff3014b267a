import assert from "node:assert/strict";
import { join } from "node:path";
import { request } from "undici";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import type { Final } from "../../../gate/decide/verdict.ts";
import { Interrupts } from "../../../gate/interrupts.ts";
import { judgedBy } from "../../../gate/judged-by.ts";
import { readRecord } from "../../../gate/record/read.ts";
import { Recorder } from "../../../gate/record/recorder.ts";
import { Replay } from "../../../gate/record/replay.ts";
import { smokeTested } from "../../../gate/smoke/smoke-tested.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { Watch } from "../../../gate/watch.ts";
import { serviceName } from "../../../settings/names.ts";
import { settings as schema } from "../../../settings/schema.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { unwanted } from "../../unit/gate/record/observations.ts";
import { declaredOf, endJob, eventually, registerJob } from "./job.ts";

const never = new AbortController().signal;
const zeroErrors = { type: "zero-errors", requests: 10 };
const someErrors = { type: "error-budget", phi: 100 };

type Up = {
  watch: Watch;
  interrupts: Interrupts;
  events: Event[];
  /** Sends the tests. */
  test: () => Promise<Final | undefined>;
  /** Asks the instances for a path, so often and in turn. */
  call: (path: string, times: number) => Promise<void>;
  /** The file of the record, once it is whole. */
  record: () => Promise<string>;
};

describe("smoke tests of canaries on a real cluster", function () {
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

  /** Two canaries that are up and watched, with these tests before them. */
  async function up(
    name: string,
    policy: object,
    smoke: readonly object[],
    work: (up: Up) => Promise<void>,
    smokeSeconds = 300,
  ): Promise<void> {
    const settings = schema.parse({
      role: "canary",
      service: name,
      count: 2,
      task: { driver: "raw_exec" },
      policy,
      gate: { intervalSeconds: 0.1, startSeconds: 20, smoke, smokeSeconds },
    });
    assert.ok(settings.role === "canary");
    const declared = declaredOf(name, 2);
    jobs.add(name);
    await registerJob(nomadAddress, declared);
    const events: Event[] = [];
    const tell = (event: Event) => void events.push(event);
    const rules = judgedBy(settings, undefined, new Date());
    const file = join(await temporaryFolder(), "record.ndjson");
    const recording = { environment: "local", service: name, release: declared.release, rules };
    const recorder = await Recorder.open({ file, recording, onWarning: unwanted });
    const service = serviceName.parse(name);
    const watch = new Watch({ consul, nomad, service, declared, gate: settings.gate, rules, recorder, tell });
    const interrupts = new Interrupts(tell);
    try {
      assert.equal(await watch.untilUp(never), undefined);
      await work({
        watch,
        interrupts,
        events,
        test: () => smokeTested({ settings, interrupts, tell }, declared, watch),
        call: async (path, times) => {
          const { instances } = await consul.instances(name);
          for (let time = 0; time < times; time++) {
            const { address } = instances[time % instances.length] ?? assert.fail("no instance");
            const { body } = await request(`http://${address.host}:${address.port}${path}`);
            await body.dump();
          }
        },
        record: async () => {
          await watch.close();
          await recorder.close();
          return file;
        },
      });
    } finally {
      await watch.close();
      await recorder.close();
    }
  }

  const hit = { name: "hit", path: "/hit", json: { errorCount: 0 }, intervalSeconds: 0.05 };

  it("pass on each, and are no traffic that the policy counts", async () => {
    await up(
      "nary-smoke-good",
      zeroErrors,
      [{ ...hit, passes: 6 }],
      async ({ watch, test, call, events }) => {
        assert.equal(await test(), undefined);
        const passed = events.flatMap((event) =>
          event.event === "smoke" && event.ok ? [event.instance] : [],
        );
        assert.equal(new Set(passed).size, 2);
        watch.trafficIsOn();
        const verdict = watch.untilVerdict(never);
        await call("/hit", 9);
        await eventually("the counts", () =>
          Promise.resolve(watch.evidence.canary.requests >= 9 || undefined),
        );
        assert.equal(watch.evidence.canary.requests, 9);
        await call("/hit", 1);
        assert.equal((await verdict).type, "promote");
        assert.equal(watch.evidence.canary.requests, 10);
      },
    );
  });

  it("reject a canary that answers wrongly, and a replay of the record says the same", async () => {
    const test = { ...hit, name: "health", status: 204 };
    await up(
      "nary-smoke-bad",
      zeroErrors,
      [test],
      async (canary) => {
        const verdict = await canary.test();
        assert.ok(verdict?.type === "reject");
        assert.equal(verdict.rule, "smoke: health");
        assert.match(verdict.why, /^canary [0-9a-f]{8}: GET \/hit answered 200, 204 was expected: \{/);
        const { start, lines } = await readRecord(await canary.record());
        const replay = new Replay(start.rules);
        const same: boolean[] = [];
        for await (const line of lines) {
          const replayed = replay.see(line);
          assert.notEqual(replayed?.type, "traffic");
          if (replayed?.type === "compared") same.push(replayed.same);
        }
        assert.deepEqual(same, [true]);
      },
      1,
    );
  });

  it("leave the errors in the count that a canary made of them", async () => {
    await up(
      "nary-smoke-errors",
      zeroErrors,
      [{ ...hit, path: "/fail", json: {} }],
      async ({ watch, test }) => {
        const early = await test();
        if (early === undefined) watch.trafficIsOn();
        const { type, rule } = early ?? (await watch.untilVerdict(never));
        assert.deepEqual([type, rule], ["reject", "zero-errors: first error"]);
        assert.ok(watch.evidence.canary.errors > 0);
      },
    );
  });

  it("do not go on with a canary that crashes meanwhile, also where the policy tolerates errors", async () => {
    await up("nary-smoke-dies", someErrors, [{ ...hit, path: "/die" }], async ({ test }) => {
      const verdict = await test();
      assert.ok(verdict?.type === "reject");
      assert.equal(verdict.rule, "start");
      assert.match(verdict.why, /before it had any traffic/);
    });
  });

  it("end with an interruption", async () => {
    await up("nary-smoke-stopped", zeroErrors, [{ ...hit, status: 204 }], async ({ interrupts, test }) => {
      const testing = test();
      interrupts.request();
      await assert.rejects(testing, { name: "AbortError" });
    });
  });
});
