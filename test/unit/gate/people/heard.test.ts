import assert from "node:assert/strict";
import { nobody, type People } from "../../../../gate/decide/people.ts";
import { heard, type Situation } from "../../../../gate/people/heard.ts";
import type { Request } from "../../../../settings/control.ts";
import { release } from "../../../../settings/names.ts";
import type { Verb } from "../../../../settings/verbs.ts";

const watching: Situation = {
  phase: "watch",
  waitsFor: null,
  why: "7 of 100 requests",
  watched: true,
  approved: false,
};
const forApproval = { for: "approval", why: "10 % needs an approval" } as const;

function request(verb: Verb, more: Partial<Request> = {}): Request {
  return {
    id: "7e1d6ba6-3fd8-4a3f-9c1c-0f4b1d1a5f01",
    gate: "7e1d6ba6-3fd8-4a3f-9c1c-0f4b1d1a5f02",
    at: "2026-01-02T03:04:05.000Z",
    by: "ada@one",
    why: null,
    verb,
    ...more,
  };
}

/** What becomes of requests that are heard one after the other. */
function after(requests: readonly Request[], situation = watching, people = nobody) {
  let last = { people, done: false, why: "" };
  for (const each of requests) last = heard(last.people, each, situation);
  return last;
}

describe("what people ask of a gate", () => {
  it("holds a release and lets it go on, and says so where there is nothing to do", () => {
    const paused = after([request("pause")]);
    assert.deepEqual([paused.people.pausedBy, paused.done], ["ada@one", true]);
    const again = after([request("pause"), request("pause", { by: "bob@two" })]);
    assert.deepEqual([again.people.pausedBy, again.done], ["ada@one", true]);
    assert.match(again.why, /paused already, by ada@one/);
    const resumed = after([request("pause"), request("resume", { by: "bob@two" })]);
    assert.deepEqual(resumed, { people: nobody, done: true, why: "it goes on; ada@one had paused it" });
    assert.deepEqual(after([request("resume")]), { people: nobody, done: true, why: "it is not paused" });
  });

  it("is an approval only where one is waited for", () => {
    const approved = after([request("promote")], { ...watching, waitsFor: forApproval });
    assert.deepEqual([approved.people.approvals, approved.done], [1, true]);
    for (const waitsFor of [null, { for: "resume", why: "ada@one holds it" } as const]) {
      const refused = after([request("promote")], { ...watching, waitsFor });
      assert.deepEqual([refused.people, refused.done], [nobody, false]);
      const goal = waitsFor?.why ?? "7 of 100 requests";
      assert.match(refused.why, new RegExp(`but for this: ${goal}\\. .*nary promote --now --why TEXT`));
    }
    const early = after([request("promote")], { ...watching, phase: "bring-up", why: "" });
    assert.match(early.why, /but for this: its canaries\. /);
  });

  it("ends one wait for an approval, though two ask at the same moment", () => {
    const first = after([request("promote")], { ...watching, waitsFor: forApproval });
    const situation = { ...watching, waitsFor: forApproval, approved: true };
    const second = after([request("promote")], situation, first.people);
    assert.deepEqual([second.people.approvals, second.done], [1, true]);
  });

  it("promotes without the rest of the evidence only with a reason, the first one's", () => {
    const now = request("promote", { now: true, why: "an outage" });
    const twice = after([now, request("promote", { now: true, why: "me too", by: "bob@two" })]);
    assert.deepEqual(twice.people.promoted, { by: "ada@one", why: "an outage" });
    assert.equal(after([request("promote", { now: true })]).done, false);
  });

  it("ends a release, which nobody promotes after that", () => {
    const aborted = after([request("abort", { why: "wrong image" })]);
    assert.deepEqual(aborted.people.aborted, { by: "ada@one", why: "wrong image" });
    const late = after([request("abort"), request("promote", { now: true, why: "no" })]);
    assert.deepEqual([late.people.promoted, late.done], [null, false]);
    const again = after([request("abort"), request("abort", { by: "bob@two" })]);
    assert.deepEqual([again.people.aborted?.by, again.done], ["ada@one", true]);
    assert.equal(again.why, "it is ended already, by ada@one");
  });

  it("knows the newest release that is to take the place", () => {
    const names = ["api:2", "api:3"].map((name) => release.parse(name));
    const requests = names.map((name) => request("supersede", { release: name }));
    assert.equal(after(requests).people.supersededBy, "api:3");
  });

  it("can end a roll-out, but neither hold nor hurry it", () => {
    for (const phase of ["promote", "bake"] as const) {
      const situation = { ...watching, phase };
      assert.equal(after([request("abort")], situation).done, true);
      for (const verb of ["pause", "promote"] as const) {
        const refused = after([request(verb, { now: true, why: "now" })], situation);
        assert.deepEqual([refused.people, refused.done], [nobody, false], verb);
        assert.match(refused.why, /already/);
      }
    }
  });

  it("changes nothing where a canary is taken away, production goes back, or nothing is watched", () => {
    const situations: Situation[] = [
      { ...watching, phase: "remove" },
      { ...watching, phase: "roll-back" },
      { ...watching, phase: "promote", watched: false },
    ];
    for (const situation of situations) {
      for (const verb of ["pause", "promote", "abort"] as const) {
        const { people, done, why } = after([request(verb)], situation);
        assert.deepEqual<[People, boolean]>([people, done], [nobody, false], `${verb} ${situation.phase}`);
        assert.notEqual(why, "");
      }
    }
  });
});
