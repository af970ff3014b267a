import assert from "node:assert/strict";
import fc from "fast-check";
import { nobody, type People } from "../../../../gate/decide/people.ts";
import type { Rules } from "../../../../gate/decide/rules.ts";
import { policy } from "../../../../settings/policy.ts";
import { steps } from "../../../../settings/steps.ts";
import { judgeOf, observation, side } from "./observations.ts";

const three = steps.parse([
  { share: "1 %", goal: { requests: 100 } },
  { share: "10 %", goal: { requests: 200, seconds: 30 }, pauseSeconds: 60 },
  { share: "50 %", goal: { seconds: 10 }, approval: "required" },
]);
const judgePolicy = policy.parse({ type: "zero-errors", requests: 1000 });

/** Looks at a release in these steps, whose policy promotes after 50 requests. */
function looking(rules: Partial<Rules> = {}) {
  const judge = judgeOf({ type: "zero-errors", requests: 50 }, { steps: three, ...rules });
  return (seconds: number, requests: number, people: Partial<People> = {}, errors = 0) =>
    judge.see(observation({ seconds, canary: side(requests, errors), people: { ...nobody, ...people } }));
}

function waits(verdict: ReturnType<ReturnType<typeof looking>>) {
  assert.ok(verdict.type === "wait", verdict.why);
  return verdict;
}

describe("steps", () => {
  it("begin with the first one when there is traffic, and go on at its goal of requests", () => {
    const look = looking();
    assert.equal(waits(look(0, 150)).step, 0, "before there was traffic");
    const first = waits(look(5, 249));
    assert.deepEqual([first.step, first.wentOn], [0, null]);
    assert.match(first.why, /; step 1 of 3 at 1 %: 99 of 100 requests$/);
    const second = waits(look(6, 253));
    assert.deepEqual([second.step, second.wentOn], [1, "103 requests in 6 s at 1 %"]);
    assert.match(second.why, /; step 2 of 3 at 10 %: 0 of 200 requests, 0 of 30 s$/);
  });

  it("need all of a goal, counted from the step's own begin, then pause", () => {
    const look = looking();
    look(6, 103);
    assert.match(look(40, 302).why, /199 of 200 requests, 30 of 30 s$/, "of 302 requests 103 were before it");
    const met = waits(look(41, 303));
    assert.equal(met.step, 1);
    assert.match(met.why, /step 2 of 3 at 10 %: its goal is met, it pauses for 60 s more$/);
    assert.match(look(100.5, 400).why, /pauses for 1 s more$/);
    const third = waits(look(101, 400));
    assert.deepEqual([third.step, third.wentOn], [2, "297 requests in 95 s at 10 %"]);
  });

  it("wait for an approval after the goal, which counts whenever it comes", () => {
    const look = looking();
    look(6, 103);
    look(41, 303);
    look(101, 400);
    assert.equal(waits(look(110.9, 400)).waitsFor, null, "before the goal");
    const waiting = waits(look(111, 400));
    assert.deepEqual([waiting.step, waiting.waitsFor], [2, "approval"]);
    assert.match(waiting.why, /its goal is met, it waits for an approval \(nary promote\)$/);
    assert.equal(look(300, 500, { approvals: 1 }).type, "promote");
  });

  it("hold the promotion until the last one's goal, and prove what the policy proves by then", () => {
    const look = looking({ steps: three.slice(0, 1) });
    assert.match(waits(look(5, 60)).why, /^60 requests without an error: .*; step 1 of 1 at 1 %: 60 of 100/);
    const verdict = look(6, 100);
    assert.ok(verdict.type === "promote");
    assert.equal(verdict.rule, "zero-errors: goal");
    assert.match(verdict.why, /^100 requests/);
  });

  it("promote nothing that the policy has not", () => {
    const look = looking({ steps: three.slice(0, 1), policy: judgePolicy });
    assert.match(waits(look(6, 150)).why, /^150 of 1000 requests, no error$/);
    assert.equal(look(7, 1000).type, "promote");
  });

  it("do not keep a rejection back, in any of them", () => {
    for (const [seconds, requests] of [
      [5, 20],
      [6, 103],
      [41, 303],
    ] as const) {
      const look = looking();
      look(seconds, requests);
      assert.equal(look(seconds + 1, requests + 1, {}, 1).type, "reject");
    }
  });

  it("go on by one at a look, however much has been seen", () => {
    const look = looking();
    assert.equal(waits(look(5000 / 2, 1_000_000)).step, 1);
    assert.match(look(2501, 1_000_000).why, /0 of 200 requests/);
  });

  it("take a count that went back for none", () => {
    const look = looking();
    look(6, 103);
    assert.match(look(7, 50).why, /0 of 200 requests/);
  });

  it("are counted from 1 in approvals, and the promotion's own is the last", () => {
    const [first, second] = steps.parse([
      { share: "1 %", goal: { seconds: 1 }, approval: "required" },
      { share: "2 %", goal: { seconds: 1 }, approval: "required" },
    ]);
    assert.ok(first !== undefined && second !== undefined);
    const look = looking({ steps: [first, second], approval: "required" });
    const at = (seconds: number, approvals: number) => {
      const verdict = look(seconds, 100, { approvals });
      return verdict.type === "wait" ? [verdict.step, verdict.waitsFor] : verdict.type;
    };
    assert.deepEqual(at(1, 0), [0, "approval"]);
    assert.deepEqual(at(2, 1), [1, null]);
    assert.deepEqual(at(4, 1), [1, "approval"]);
    assert.deepEqual(at(5, 2), [1, "approval"]);
    assert.deepEqual(at(6, 3), "promote");
  });

  it("are given again by the same observations, each seen as often as one likes", () => {
    const looks = fc.array(
      fc.record({
        seconds: fc.double({ min: 0, max: 60, noNaN: true }),
        requests: fc.nat({ max: 200 }),
        approvals: fc.nat({ max: 2 }),
        pausedBy: fc.option(fc.constant("alice"), { freq: 3 }),
      }),
      { maxLength: 30 },
    );
    const given = { limitSeconds: 400, approval: "required", onInconclusive: "extend" } as const;
    fc.assert(
      fc.property(looks, (all) => {
        const [live, again] = [looking(given), looking(given)];
        const sum = { seconds: 0, requests: 0, approvals: 0 };
        for (const { seconds, requests, approvals, pausedBy } of all) {
          sum.seconds += seconds;
          sum.requests += requests;
          sum.approvals = Math.max(sum.approvals, approvals);
          const people = { approvals: sum.approvals, pausedBy };
          const verdict = live(sum.seconds, sum.requests, people);
          assert.deepEqual(again(sum.seconds, sum.requests, people), verdict);
          assert.deepEqual(again(sum.seconds, sum.requests, people), verdict);
        }
      }),
    );
  });
});
