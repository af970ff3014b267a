import assert from "node:assert/strict";
import type { Rules } from "../../../../gate/decide/rules.ts";
import { judgeOf, observation, side } from "./observations.ts";

function looking(policy: object, rules: Partial<Rules> = {}) {
  const judge = judgeOf(policy, { onInconclusive: "extend", limitSeconds: 60, ...rules });
  return (seconds: number, requests: number, errors = 0) => {
    const verdict = judge.see(observation({ seconds, canary: side(requests, errors) }));
    return verdict.type === "wait" ? ["wait", verdict.extended] : [verdict.type, verdict.rule, verdict.why];
  };
}

const zero = { type: "zero-errors", requests: 1000 };

describe("a watch that may be extended", () => {
  it("goes on once more as long at the time limit, and tells why it did", () => {
    const look = looking(zero);
    assert.deepEqual(look(59, 5), ["wait", null]);
    const why = "the time limit of 60 s was reached after 6 of 1000 requests, no error";
    assert.deepEqual(look(60, 6), ["wait", why]);
    assert.deepEqual(look(119, 7), ["wait", why]);
    assert.deepEqual(look(120, 8), [
      "inconclusive",
      "time limit",
      "the time limit of 120 s was reached after 8 of 1000 requests, no error",
    ]);
  });

  it("may still be promoted or rejected", () => {
    const promoted = looking(zero);
    promoted(60, 6);
    assert.equal(promoted(61, 1000)[0], "promote");
    const rejected = looking(zero);
    rejected(60, 6);
    assert.equal(rejected(61, 7, 1)[0], "reject");
  });

  it("goes on at a limit of requests, of either policy, with twice as many", () => {
    const budget = looking({ type: "error-budget", maxRequests: 400 }, { limitSeconds: 3600 });
    assert.match(String(budget(5, 400, 1)), /^wait,1 of 400 .* after the most requests, 400$/);
    assert.equal(budget(6, 799, 3)[0], "wait");
    assert.deepEqual(budget(7, 800, 3).slice(0, 2), ["inconclusive", "error-budget: request limit"]);
    const bound = { errorRate: 0.3, confidence: 0.9 };
    const baseline = { type: "baseline", minRequests: 10, maxRequests: 10, bound };
    const compared = looking(baseline, { limitSeconds: 3600 });
    assert.equal(compared(5, 10)[0], "wait");
    assert.deepEqual(compared(6, 20).slice(0, 2), ["inconclusive", "baseline: request limit"]);
    const timed = looking({ type: "baseline", minSeconds: 0, maxSeconds: 20 }, { limitSeconds: 3600 });
    assert.equal(timed(20, 10)[0], "wait");
    assert.equal(timed(39, 10)[0], "wait");
    assert.deepEqual(timed(40, 20).slice(0, 2), ["inconclusive", "time limit"]);
  });

  it("goes on once in all, whatever limit is reached first", () => {
    const look = looking({ type: "error-budget", maxRequests: 400 });
    assert.equal(look(5, 400, 1)[0], "wait");
    assert.equal(look(119, 500, 2)[0], "wait", "the time limit is twice as long too");
    assert.deepEqual(look(120, 500, 2).slice(0, 2), ["inconclusive", "time limit"]);
  });

  it("does not go on where it is to be destroyed or kept", () => {
    for (const onInconclusive of ["destroy", "keep"] as const)
      assert.deepEqual(looking(zero, { onInconclusive })(60, 6).slice(0, 2), ["inconclusive", "time limit"]);
  });
});
