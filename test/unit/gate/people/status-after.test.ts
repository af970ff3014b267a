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
const up = (stack: string): Event => ({ event: "pulumi-start", stack, operation: "up", release: "api:2" });
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
    const [phase] = phases([up("production")]);
    assert.equal(phase, "promote");
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
