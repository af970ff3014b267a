import assert from "node:assert/strict";
import { statusAfter } from "../../../../gate/people/status-after.ts";
import type { Event } from "../../../../gate/tell/events.ts";
import { statusOf } from "./statuses.ts";

const stacks = { canary: "canary", production: "production" };
const evidence = {
  canary: { requests: 10, failed: 0, errors: 0 },
  other: null,
  seconds: 3,
  clientErrors: null,
  allowed: [],
  unknown: [],
};
const up = (stack: string, release = "api:2"): Event => {
  return { event: "pulumi-start", stack, operation: "up", release };
};
const destroyed: Event = { event: "pulumi-start", stack: "canary", operation: "destroy" };
const watching: Event = { event: "watching", release: "api:2", goal: "100 requests", instances: 1 };
const traffic = (state: "on" | "off"): Event => ({ event: "traffic", state, share: null });
const verdict = (given: "promote" | "reject"): Event => ({
  event: "verdict",
  verdict: given,
  rule: "start",
  why: "so",
  requests: 10,
  errors: 0,
  proves: [],
  evidence,
});
const counts: Event = {
  event: "counts",
  failed: 0,
  other: null,
  clientErrors: null,
  requests: 5,
  errors: 1,
  seconds: 2.5,
  why: "5 of 100",
};

/** Phases after each event. */
function phases(events: readonly Event[], first = statusOf({ phase: "bring-up", release: null })) {
  let status = first;
  return events.map((event) => (status = statusAfter(status, event, stacks)).phase);
}

describe("the status of a gate", () => {
  it("follows a release that is promoted", () => {
    const events = [
      destroyed,
      up("canary"),
      watching,
      traffic("on"),
      counts,
      verdict("promote"),
      up("production"),
      traffic("off"),
      destroyed,
    ];
    assert.deepEqual(phases(events), [
      "bring-up",
      "bring-up",
      "start",
      "watch",
      "watch",
      "promote",
      "promote",
      "promote",
      "remove",
    ]);
  });

  it("follows one that is rejected, at once and in mid-roll-out", () => {
    const until = [up("canary"), watching, traffic("on")];
    assert.equal(phases([...until, verdict("reject")]).at(-1), "remove");
    const back: Event = { event: "rollback", release: "api:1", why: "an error" };
    const late = phases([...until, verdict("promote"), up("production"), back, up("production"), destroyed]);
    assert.deepEqual(late.slice(-3), ["roll-back", "roll-back", "remove"]);
  });

  it("follows a first release, which goes to production at once", () => {
    const status = statusAfter(statusOf({ phase: "bring-up", release: null }), up("production"), stacks);
    assert.deepEqual([status.phase, status.release], ["promote", "api:2"]);
  });

  it("knows the release from when its canary is brought up, and not by what is beside it", () => {
    const first = statusOf({ phase: "bring-up", release: null });
    const ofTwin = statusAfter(first, up("twin", "api:1"), stacks);
    assert.equal(ofTwin.release, null);
    assert.equal(statusAfter(first, up("canary"), stacks).release, "api:2");
    const { release, why } = statusAfter(statusOf({ phase: "start", release: null }), watching, stacks);
    assert.deepEqual([release, why], ["api:2", "100 requests"]);
    const back = statusAfter(statusOf({ phase: "roll-back" }), up("production", "api:1"), stacks);
    assert.equal(back.release, "api:2");
  });

  it("follows production until it holds, and why it goes back", () => {
    const promoting = statusOf({ phase: "promote" });
    const rollout = { job: "api", release: "api:2", serving: 2, healthy: 1, desired: 3, status: "running" };
    assert.equal(
      statusAfter(promoting, { event: "rollout", ...rollout }, stacks).why,
      "1 of 3 healthy, running",
    );
    const bake: Event = { event: "bake", release: "api:2", of: 60, requests: 9, errors: 1, seconds: 12.4 };
    const baking = statusAfter(promoting, bake, stacks);
    assert.deepEqual([baking.phase, baking.why], ["bake", "12 of 60 s, 1 error"]);
    const rollback: Event = { event: "rollback", release: "api:1", why: "an error" };
    assert.equal(statusAfter(baking, rollback, stacks).why, "an error");
  });

  it("is at what a killed gate had begun, and then at the canary that comes after it", () => {
    const resumed = (act: "watch" | "promote"): Event => {
      return { event: "resumed", act, release: "api:1", by: "ada@one", begun: "2026-01-02T03:04:05.000Z" };
    };
    const late = statusAfter(statusOf({ release: null }), resumed("promote"), stacks);
    assert.deepEqual([late.phase, late.release], ["promote", "api:1"]);
    const events = [resumed("watch"), traffic("off"), destroyed, up("canary"), watching, traffic("on")];
    assert.deepEqual(phases(events), ["start", "start", "remove", "bring-up", "start", "watch"]);
  });

  it("has traffic only while a canary that started waits for it", () => {
    assert.deepEqual(phases([traffic("off")], statusOf({ phase: "start" })), ["start"]);
    assert.deepEqual(phases([traffic("on")], statusOf({ phase: "promote" })), ["promote"]);
  });

  it("says why a release goes on once more as long", () => {
    const extended: Event = { event: "extended", why: "the limit was reached" };
    assert.equal(statusAfter(statusOf({}), extended, stacks).why, "the limit was reached");
  });

  it("has the last counts, and waits for nobody once it is decided", () => {
    const waitsFor = { for: "approval", why: "so" } as const;
    const status = statusAfter(statusOf({ waitsFor }), counts, stacks);
    assert.deepEqual([status.requests, status.errors, status.seconds, status.why], [5, 1, 2.5, "5 of 100"]);
    assert.deepEqual(status.waitsFor, waitsFor);
    assert.equal(statusAfter(status, verdict("reject"), stacks).waitsFor, null);
  });

  it("follows the steps of a release", () => {
    const step: Event = { event: "step", step: 2, of: 3, share: 0.1, why: "80 requests" };
    const { step: now, phase } = statusAfter(statusOf({}), step, stacks);
    assert.deepEqual([now, phase], [{ number: 2, of: 3, share: 0.1 }, "watch"]);
  });

  it("is bounded, however long a sentence is", () => {
    const { why } = statusAfter(statusOf({}), { ...counts, why: "x".repeat(100_000) }, stacks);
    assert.equal(why.length, 1000);
  });
});
