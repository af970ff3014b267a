import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Consul } from "../../../gate/clients/consul.ts";
import { journalRecord } from "../../../gate/journal/entry.ts";
import { ask } from "../../../gate/people/ask.ts";
import { readStanding } from "../../../gate/people/standing.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { release } from "../../../settings/names.ts";
import type { Verb } from "../../../settings/verbs.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { gatesOf, untilSo, waiting as forRequests, type Gates } from "./gates.ts";

const never = new AbortController().signal;
const waiting = { ...forRequests, why: "it needs an approval", waitsFor: "approval" } as const;
const asked = (verb: Verb, by = "ada@one") => ({ id: randomUUID(), verb, by, why: null });
const up = (stack: string): Event => {
  return { event: "pulumi-start", stack, operation: "up", release: "api:2" };
};
const watching: Event = { event: "watching", release: "api:2", goal: "100 requests", instances: 1 };
const resumed: Event = {
  event: "resumed",
  act: "promote",
  release: "api:1",
  by: "ada@one",
  begun: "2026-01-02T03:04:05.000Z",
};

describe("the status of a gate in a real Consul", function () {
  this.timeout(30_000);
  let gates: Gates;
  let number = 0;

  beforeEach(async () => {
    gates = await gatesOf(`status-${++number}`);
  });

  afterEach(() => gates.close());

  const statusWhere = async (what: string, isSo: (now: Awaited<ReturnType<Gates["status"]>>) => boolean) => {
    await untilSo(what, async () => isSo(await gates.status()));
    return (await gates.status()) ?? assert.fail();
  };

  for (const [command, phase, watched] of [
    ["release api:2", "bring-up", true],
    ["gate", "start", true],
    ["reject", "remove", false],
    ["rollback", "roll-back", false],
  ] as const)
    it(`begins with what \`nary ${command}\` does first`, async () => {
      const gate = await gates.start({ command });
      assert.deepEqual([gate.status.situation.phase, gate.status.situation.watched], [phase, watched]);
      const told = await statusWhere("its status is told", (now) => now !== undefined);
      assert.deepEqual([told.phase, told.command, told.step], [phase, command, null]);
    });

  it("says whether what is done is watched: no first release, nor what a killed gate had decided", async () => {
    const gate = await gates.start({ command: "release api:2" });
    const isWatchedAfter = (event: Event) => {
      gate.tell(event);
      return gate.status.situation.watched;
    };
    assert.equal(isWatchedAfter(up("production")), false);
    assert.equal(isWatchedAfter(watching), true);
    assert.equal(isWatchedAfter(resumed), false);
    assert.equal(isWatchedAfter(up("canary")), true, "a release that comes after it");
    assert.equal(isWatchedAfter(resumed), false);
    assert.equal(isWatchedAfter({ ...resumed, act: "watch" }), true);
  });

  it("knows that a wait was approved until the next look, which has taken it in", async () => {
    const gate = await gates.start();
    const isApproved = () => gate.status.situation.approved;
    gate.tell(watching);
    assert.equal(isApproved(), false);
    gate.status.looked(waiting);
    await ask(gates, asked("promote"), never);
    await ask(gates, asked("pause"), never);
    assert.equal(isApproved(), true);
    gate.status.looked(waiting);
    assert.equal(isApproved(), false);
    await ask(gates, asked("resume"), never);
    assert.equal(isApproved(), false, "nobody has approved the wait from now on");
  });

  it("says what of a person is waited for, shortened, and only as long as nothing is decided", async () => {
    const gate = await gates.start();
    gate.tell(watching);
    gate.status.looked({ ...waiting, why: "x".repeat(5000) });
    const { waitsFor } = await statusWhere("it waits", (now) => now?.waitsFor != null);
    assert.deepEqual(waitsFor, { for: "approval", why: "x".repeat(1000) });
    gate.status.looked({ ...waiting, waitsFor: null });
    assert.equal(gate.status.situation.waitsFor, null);
    gate.tell({ event: "rollback", release: "api:1", why: "an error" });
    gate.status.looked(waiting);
    assert.equal(gate.status.situation.waitsFor, null);
  });

  it("says since when it is in its phase, and since when and by whom it is held", async () => {
    const gate = await gates.start();
    const first = await statusWhere("its status is told", (now) => now !== undefined);
    gate.tell(watching);
    gate.tell({ event: "traffic", state: "on", share: null });
    const { since } = await statusWhere("it is watched", (now) => now?.phase === "watch");
    assert.ok(since > first.since);
    await ask(gates, asked("pause"), never);
    const held = await statusWhere("it is held", (now) => now?.paused != null);
    await ask(gates, asked("pause", "bob@two"), never);
    const { paused, since: now } = await statusWhere("both are heard", (now) => now?.heard.length === 2);
    assert.deepEqual([paused, now], [held.paused, since]);
    assert.equal(paused?.by, "ada@one");
  });

  it("says of a gate whose process has ended with the lock that it was killed, and in what", async () => {
    const { consul, keys } = gates;
    const gate = await gates.start();
    const { holder } = gate.lock;
    await gate.end();
    const dead = { ...holder, process: { ...holder.process, pid: 2 ** 22 } };
    const session = await consul.sessions.create("dead", 15, 0);
    assert.ok(await consul.sessions.acquire(keys.lock, JSON.stringify(dead), session));
    const doing = {
      act: "promote",
      release: release.parse("api:2"),
      before: null,
      ending: ending(),
    } as const;
    const entry = { version: 1, doing, pulumi: [], by: dead, at: holder.since } as const;
    await consul.put(keys.journal, journalRecord.encode({ ...entry, pulumi: [] }));
    await consul.put(keys.traffic, "on share=2000 markdown");
    const { runs, killed, traffic } = await readStanding(gates, 1, never);
    assert.deepEqual([runs?.ended, killed?.act, killed?.release], [true, "promote", "api:2"]);
    assert.deepEqual([traffic.state, traffic.state === "on" && traffic.share], ["on", 0.2]);
    const elsewhere = { ...dead, process: { ...dead.process, host: "elsewhere.example" } };
    assert.ok(await consul.sessions.acquire(keys.lock, JSON.stringify(elsewhere), session));
    const standing = await readStanding(gates, 1, never);
    assert.deepEqual([standing.runs?.ended, standing.killed], [false, null], "nobody here knows of it");
    await consul.sessions.destroy(session);
  });

  it("calls no gate killed that ends between the answers for its lock and its journal", async () => {
    const { keys } = gates;
    const gate = await gates.start();
    const { holder } = gate.lock;
    await gate.end();
    const doing = {
      act: "promote",
      release: release.parse("api:2"),
      before: null,
      ending: ending(),
    } as const;
    await gates.consul.put(
      keys.journal,
      journalRecord.encode({ version: 1, doing, pulumi: [], by: holder, at: holder.since }),
    );
    const consul = new EndingConsul(new URL((await sharedCluster()).consulAddress));
    consul.endsWith = keys.journal;
    try {
      assert.equal((await readStanding({ consul, keys }, 1, never)).killed, null);
    } finally {
      await consul.close();
    }
  });
});

/** A Consul in which a key is gone as soon as it has been read. */
class EndingConsul extends Consul {
  endsWith = "";

  override async get(key: string, signal?: AbortSignal) {
    const pair = await super.get(key, signal);
    if (key === this.endsWith) await this.delete(key);
    return pair;
  }
}

const ending = () =>
  ({
    past: {
      version: 1,
      release: release.parse("api:2"),
      verdict: "promote",
      why: "so",
      requests: 1,
      errors: 0,
      seconds: 1,
      at: "2026-01-02T03:04:05.000Z",
    },
    exitCode: 0,
  }) as const;
