import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { SupersededError } from "../../../gate/errors.ts";
import { journalRecord } from "../../../gate/journal/entry.ts";
import { ask, send } from "../../../gate/people/ask.ts";
import { readStanding } from "../../../gate/people/standing.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { controlRecord, mostRequests, type Request } from "../../../settings/control.ts";
import { release } from "../../../settings/names.ts";
import { pastRecord, type Past } from "../../../settings/records.ts";
import { statusRecord } from "../../../settings/status.ts";
import type { Verb } from "../../../settings/verbs.ts";
import { remember } from "../../../gate/act/history.ts";
import { gatesOf, untilSo, waiting, type Gate, type Gates } from "./gates.ts";

const never = new AbortController().signal;
const asked = (verb: Verb, more: Partial<Request> = {}) => ({
  id: randomUUID(),
  verb,
  by: "ada@one",
  why: null,
  ...more,
});
const requestTo = (gate: string, verb: Verb, more: Partial<Request> = {}): Request => ({
  ...asked(verb, more),
  gate,
  at: new Date().toISOString(),
});

describe("people and a gate, by a real Consul", function () {
  this.timeout(90_000);
  let gates: Gates;
  let number = 0;

  beforeEach(async () => {
    gates = await gatesOf(`people-${++number}`);
  });

  afterEach(() => gates.close());

  it("each thing that is asked reaches it, is answered, told, and kept for the record", async () => {
    const gate = await gates.start();
    let changes = 0;
    const end = gate.control.onChange(() => (changes += 1));
    gate.tell({ event: "watching", release: "api:2", goal: "100 requests", instances: 1 });
    gate.status.looked({ ...waiting, waitsFor: "approval", why: "it needs an approval" });
    const release2 = release.parse("api:2");
    for (const each of [
      asked("pause", { why: "let us see" }),
      asked("promote"),
      asked("resume"),
      asked("promote", { now: true, why: "an outage" }),
      asked("supersede", { release: release2 }),
      asked("abort", { why: "wrong image" }),
    ]) {
      const answer = await ask(gates, each, never);
      assert.deepEqual([answer.id, answer.done], [each.id, true], each.verb);
    }
    assert.deepEqual(gate.people(), {
      pausedBy: null,
      approvals: 1,
      promoted: { by: "ada@one", why: "an outage" },
      aborted: { by: "ada@one", why: "wrong image" },
      supersededBy: release2,
    });
    assert.equal((await ask(gates, asked("promote"), never)).done, false);
    const verbs = ["pause", "promote", "resume", "promote", "supersede", "abort", "promote"];
    const told = gate.events.flatMap((event) => (event.event === "asked" ? [event.verb] : []));
    assert.deepEqual(told, verbs);
    assert.equal(changes, verbs.length);
    assert.deepEqual(gate.control.deeds.map(({ verb, by, why }) => [verb, by, why]).slice(0, 2), [
      ["pause", "ada@one", "let us see"],
      ["promote", "ada@one", null],
    ]);
    assert.equal(gate.control.deeds.length, verbs.length - 1, "what it refused is no deed");
    end();
    await ask(gates, asked("pause"), never);
    assert.equal(changes, verbs.length);
  });

  it("what was asked first goes first where it was more than is kept", async () => {
    const gate = await gates.start();
    const all = Array.from({ length: mostRequests }, (_, index) =>
      requestTo(gate.status.gate, "pause", { by: `person-${index}@one` }),
    );
    await gates.consul.put(gates.keys.control, controlRecord.encode({ version: 1, requests: all }));
    await untilSo("all were heard", () => gate.control.deeds.at(-1)?.by === all.at(-1)?.by);
    const resume = asked("resume");
    assert.equal((await ask(gates, resume, never)).done, true);
    const kept = (await gates.requests()).map(({ id }) => id);
    assert.deepEqual(kept, [...all.slice(1).map(({ id }) => id), resume.id]);
    assert.deepEqual(
      gate.control.deeds.map(({ by }) => by),
      [...all.slice(-99).map(({ by }) => by), "ada@one"],
    );
  });

  it("a release's end keeps who asked for what, and the newest 50 stay though a clock went back", async () => {
    const gate = await gates.start();
    await ask(gates, asked("pause", { why: "let us see" }), never);
    const end = (index: number): Past => ({
      version: 1,
      release: release.parse(`api:${index}`),
      verdict: "promote",
      why: "so",
      requests: 1,
      errors: 0,
      seconds: 1,
      at: new Date(Date.UTC(2030, 0, 1) - index * 1000).toISOString(),
    });
    for (let index = 0; index < 52; index++)
      await remember({ ...gates, lock: gate.lock, control: gate.control }, end(index));
    const { ended } = await readStanding(gates, 3, never);
    assert.deepEqual(
      ended.map((past) => past.release),
      ["api:51", "api:50", "api:49"],
    );
    assert.deepEqual(
      ended[0]?.people?.map(({ verb, by, why }) => [verb, by, why]),
      [["pause", "ada@one", "let us see"]],
    );
    const kept = await gates.consul.pairs(gates.keys.history);
    assert.equal(kept.length, 50);
    assert.equal(pastRecord.decode("key", kept[0]?.value ?? "").release, "api:2");
  });

  it("what is meant for another gate is not heard", async () => {
    const gate = await gates.start();
    await send(gates, requestTo(randomUUID(), "abort"));
    const mine = requestTo(gate.status.gate, "pause");
    await gates.consul.put(
      gates.keys.control,
      controlRecord.encode({ version: 1, requests: [requestTo(randomUUID(), "abort"), mine] }),
    );
    await untilSo("the pause was heard", () => gate.people().pausedBy !== null);
    assert.equal(gate.people().aborted, null);
  });

  it("a later gate does not hear what an earlier one was asked", async () => {
    const first = await gates.start();
    await ask(gates, asked("pause"), never);
    await first.end();
    const second = await gates.start();
    await ask(gates, asked("resume"), never);
    assert.equal(second.people().pausedBy, null);
    assert.deepEqual(second.control.deeds.length, 1);
    const left = (await gates.requests()).map(({ verb }) => verb);
    assert.deepEqual(left, ["resume"], "what was for the earlier one is gone");
  });

  it("twenty who write at the same moment lose nothing", async () => {
    const gate = await gates.start();
    const all = Array.from({ length: 20 }, (_, index) => asked("pause", { by: `person-${index}@one` }));
    const answers = await Promise.all(all.map((each) => ask(gates, each, never)));
    assert.ok(answers.every(({ done }) => done));
    assert.deepEqual(new Set((await gates.requests()).map(({ id }) => id)), new Set(all.map(({ id }) => id)));
    assert.equal(gate.control.deeds.length, 20);
  });

  it("a status says where it is, and goes with the gate", async () => {
    const gate = await gates.start({ command: "release api:2" });
    gate.tell({ event: "watching", release: "api:2", goal: "100 requests", instances: 1 });
    gate.tell({ event: "traffic", state: "on", share: null });
    gate.tell({
      event: "counts",
      failed: 0,
      other: null,
      clientErrors: null,
      requests: 7,
      errors: 1,
      seconds: 2,
      why: "7 of 100",
    });
    await untilSo("its counts are told", async () => (await gates.status())?.requests === 7);
    const { gate: id, phase, command, release: what, since, at } = (await gates.status()) ?? assert.fail();
    assert.deepEqual([id, phase, command, what], [gate.lock.hold.session, "watch", "release api:2", "api:2"]);
    assert.ok(since <= at);
    const { runs, status: seen } = await readStanding(gates, 1, never);
    assert.deepEqual([runs?.pid, runs?.ended, seen?.errors], [process.pid, false, 1]);
    await gate.end();
    assert.equal(await gates.status(), undefined);
    await assert.rejects(ask(gates, asked("pause"), never), /^ActError: No gate runs/);
  });

  it("a status that a killed gate has left is nobody's, and is not asked", async () => {
    const gate = await gates.start();
    await untilSo("its status is told", async () => (await gates.status()) !== undefined);
    const text = statusRecord.encode((await gates.status()) ?? assert.fail());
    await gate.end();
    await gates.consul.put(gates.keys.status, text);
    const doing = { act: "watch", release: release.parse("api:2") } as const;
    const { holder } = gate.lock;
    const entry = { version: 1, doing, by: holder, at: holder.since } as const;
    await gates.consul.put(gates.keys.journal, journalRecord.encode({ ...entry, pulumi: [] }));
    // Consul has ended its session, and lets the key stay.
    await gates.consul.put(gates.keys.lock, JSON.stringify(holder));
    const { runs, status: seen, killed } = await readStanding(gates, 1, never);
    assert.deepEqual([runs, seen], [null, null]);
    assert.deepEqual([killed?.act, killed?.command], ["watch", "gate"]);
    await assert.rejects(ask(gates, asked("pause"), never), /No gate runs/);
    await gates.consul.delete(gates.keys.journal);
    const next = await gates.start();
    assert.equal((await ask(gates, asked("pause"), never)).done, true);
    assert.equal(next.people().pausedBy, "ada@one");
  });

  it("what a gate has not answered when another one runs is withdrawn", async () => {
    const gate = await gates.start();
    await untilSo("its status is told", async () => (await gates.status()) !== undefined);
    await gate.control.close();
    const late = ask(gates, asked("abort"), never);
    late.catch(() => undefined);
    await untilSo("it was sent", async () => (await gates.requests()).length === 1);
    const other = { ...((await gates.status()) ?? assert.fail()), gate: randomUUID() };
    await gates.consul.put(gates.keys.status, statusRecord.encode(other));
    await assert.rejects(late, /^ActError: The gate ended before it answered/);
    assert.deepEqual(await gates.requests(), []);
  });

  it("what a gate does not answer is withdrawn", async () => {
    const gate = await gates.start();
    await untilSo("its status is told", async () => (await gates.status()) !== undefined);
    await gate.control.close();
    const late = ask(gates, asked("abort"), never);
    await untilSo("it was sent", async () => (await gates.requests()).length === 1);
    await assert.rejects(late, /The gate of .* does not answer: `nary gate`.*The request was withdrawn/);
    assert.deepEqual(await gates.requests(), []);
  });

  it("a record that is none is told of, and the gate goes on and hears the next", async () => {
    await gates.consul.put(gates.keys.control, "{");
    const gate = await gates.start();
    const isWarning = (event: Event) =>
      event.event === "warning" && /hold the record control/.test(event.why);
    await untilSo("it was warned of", () => gate.events.some(isWarning));
    await assert.rejects(ask(gates, asked("pause"), never), { code: "NARY_SETTINGS" });
    await gates.consul.delete(gates.keys.control);
    await send(gates, requestTo(gate.status.gate, "pause"));
    await untilSo("the pause was heard", () => gate.people().pausedBy !== null);
    await gates.consul.put(gates.keys.control, "{");
    await untilSo("it was warned of again", () => gate.events.filter(isWarning).length === 2);
  });
});

describe("a newer release than the one under way", function () {
  this.timeout(90_000);
  let gates: Gates;
  let number = 0;
  const releaseOf = (name: string) => ({ command: `release ${name}`, newer: release.parse(name) });

  beforeEach(async () => {
    gates = await gatesOf(`newer-${++number}`);
  });

  afterEach(() => gates.close());

  const newest = async () => (await gates.consul.get(gates.keys.newest))?.value ?? "";
  const newestIs = (name: string) => untilSo(`${name} waits`, async () => (await newest()).includes(name));

  it("is refused, unless it is to wait", async () => {
    const first = await gates.start(releaseOf("api:1"));
    await assert.rejects(gates.start(releaseOf("api:2")), { code: "NARY_LOCKED" });
    const second = gates.start(releaseOf("api:2"), "wait");
    await first.end();
    await (await second).lock.assertHeld();
    assert.equal(await newest(), "");
    assert.equal(first.people().supersededBy, null);
  });

  it("asks the gate that runs to make room, and begins once it has", async () => {
    const first = await gates.start(releaseOf("api:1"));
    const second = gates.start(releaseOf("api:2"), "supersede");
    await untilSo("it was asked", () => first.people().supersededBy === "api:2");
    await first.end();
    const running = await second;
    await running.lock.assertHeld();
    assert.equal(await newest(), "");
    assert.equal(running.people().supersededBy, null);
  });

  it("gives way to a newer one still, and says to which", async () => {
    const first: Gate = await gates.start(releaseOf("api:1"));
    const second = gates.start(releaseOf("api:2"), "supersede");
    second.catch(() => undefined);
    await newestIs("api:2");
    const third = gates.start(releaseOf("api:3"), "supersede");
    await assert.rejects(second, (error) => {
      assert.ok(error instanceof SupersededError);
      return /by the newer release api:3 of .+@.+; nothing was deployed/.test(error.message);
    });
    await untilSo("it was asked again", () => first.people().supersededBy === "api:3");
    await first.end();
    await (await third).lock.assertHeld();
  });

  it("does not begin when it gets the lock before it has heard of a newer one", async () => {
    const first = await gates.start(releaseOf("api:1"));
    const second = gates.start(releaseOf("api:2"), "supersede");
    second.catch(() => undefined);
    await newestIs("api:2");
    const other = (await newest())
      .replace("api:2", "api:9")
      .replace(/"id":"[^"]+"/, `"id":"${randomUUID()}"`);
    await gates.consul.put(gates.keys.newest, other);
    await Promise.all([first.end(), assert.rejects(second, { code: "NARY_SUPERSEDED" })]);
    assert.equal(await newest(), other);
    await gates.start(releaseOf("api:9"));
  });
});
