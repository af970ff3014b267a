import assert from "node:assert/strict";
import { request } from "undici";
import { watchedInSteps } from "../../../gate/act/steps.ts";
import { setTraffic, trafficOf } from "../../../gate/act/traffic.ts";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { nobody, type People } from "../../../gate/decide/people.ts";
import { Interrupts } from "../../../gate/interrupts.ts";
import { judgedBy } from "../../../gate/judged-by.ts";
import { Lock } from "../../../gate/lock/lock.ts";
import { markOf } from "../../../gate/lock/process.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { Watch } from "../../../gate/watch.ts";
import { serviceName } from "../../../settings/names.ts";
import { keysOf } from "../../../settings/records.ts";
import { settings as schema } from "../../../settings/schema.ts";
import { environmentOf } from "../../../settings/stacks.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { deleteKeys } from "../components/consul.ts";
import { declaredOf, eventually, registerJob } from "./job.ts";

const service = serviceName.parse("nary-test-steps");
const steps = [
  { share: "1 %", goal: { requests: 5 } },
  { share: "10 %", goal: { requests: 5 }, approval: "required" },
  { share: "50 %", goal: { requests: 5 } },
];

describe("a watch in steps on a real cluster", function () {
  this.timeout(60_000);
  const keys = keysOf(environmentOf("steps-canary").environment.name, service);
  const events: Event[] = [];
  const tell = (event: Event) => void events.push(event);
  let consulAddress: string;
  let consul: Consul;
  let nomad: Nomad;
  let lock: Lock;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    consul = new Consul(new URL(consulAddress));
    nomad = new Nomad(new URL(cluster.nomadAddress));
    await registerJob(cluster.nomadAddress, declaredOf(service, 1));
    const process_ = (await markOf(process.pid)) ?? assert.fail("this process has no mark");
    lock = await Lock.take({
      consul,
      key: keys.lock,
      holder: {
        version: 1,
        process: process_,
        user: "ada",
        command: "gate",
        since: new Date().toISOString(),
      },
      wait: false,
      takeOver: false,
      onWait: () => undefined,
      signal: new AbortController().signal,
    });
  });

  after(async () => {
    await lock.giveBack();
    await nomad.purge(service);
    await deleteKeys("nary/steps/");
    await Promise.all([consul.close(), nomad.close()]);
  });

  const traffic = async () => (await fetch(`${consulAddress}/v1/kv/${keys.traffic}?raw`)).text();
  const untilTraffic = (line: string) =>
    eventually(line, async () => ((await traffic()) === line ? line : undefined));

  async function hit(times: number): Promise<void> {
    const { instances } = await consul.instances(service);
    const { address } = instances[0] ?? assert.fail("no instance");
    for (let time = 0; time < times; time++)
      await (await request(`http://${address.host}:${address.port}/hit`)).body.dump();
  }

  it("gives the canaries the share of each step as it begins, and waits for an approval", async () => {
    const settings = schema.parse({
      role: "canary",
      service,
      count: 1,
      task: { driver: "raw_exec" },
      policy: { type: "zero-errors", requests: 10 },
      gate: { intervalSeconds: 0.1, startSeconds: 30, steps },
    });
    assert.ok(settings.role === "canary");
    const interrupts = new Interrupts(tell);
    const context = { lock, keys, tell, interrupts, settings };
    let people: People = nobody;
    const watch = new Watch({
      consul,
      nomad,
      service,
      declared: declaredOf(service, 1),
      gate: settings.gate,
      rules: judgedBy(settings, undefined, new Date()),
      people: () => people,
      tell,
    });
    try {
      assert.equal(await watch.untilUp(interrupts.signal), undefined);
      await setTraffic(context, trafficOf(settings));
      assert.equal(await traffic(), "on share=100 markdown");
      watch.trafficIsOn();
      const watched = watchedInSteps(context, watch);
      await hit(5);
      await untilTraffic("on share=1000 markdown");
      await hit(5);
      await eventually("the wait for an approval", () =>
        Promise.resolve(events.find(({ event }) => event === "waits")),
      );
      await hit(5);
      await eventually("all counts", () =>
        Promise.resolve(watch.evidence.canary.requests === 15 || undefined),
      );
      assert.equal(await traffic(), "on share=1000 markdown", "the policy's goal is no approval");
      people = { ...people, approvals: 1 };
      await untilTraffic("on share=5000 markdown");
      await hit(5);
      const { type, rule, evidence } = await watched;
      assert.deepEqual([type, rule, evidence.canary.requests], ["promote", "zero-errors: goal", 20]);
    } finally {
      await watch.close();
    }
    const told = events.flatMap((each) => {
      if (each.event === "step") return [`${each.step} of ${each.of} at ${each.share}`];
      if (each.event === "waits") return [each.for];
      if (each.event === "traffic") return [String(each.share)];
      return [];
    });
    assert.deepEqual(told, ["0.01", "2 of 3 at 0.1", "0.1", "approval", "3 of 3 at 0.5", "0.5"]);
    const step = events.find((each) => each.event === "step");
    assert.match(step?.event === "step" ? step.why : "", /^5 requests in \d s at 1 %$/);
  });
});
