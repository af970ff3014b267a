import assert from "node:assert/strict";
import fc from "fast-check";
import { instance, judgeOf, observation, side } from "./observations.ts";

const seed = { type: "zero-errors", requests: 100 };

describe("a judge", () => {
  it("waits, promotes and rejects as the observations come", () => {
    const judge = judgeOf(seed);
    assert.equal(judge.see(observation({ canary: side(99) })).type, "wait");
    assert.equal(judge.see(observation({ canary: side(100) })).type, "promote");
    assert.equal(judge.see(observation({ canary: side(150, 1) })).type, "reject");
  });

  it("says the same again of an observation that it has seen", () => {
    const judge = judgeOf({ type: "baseline" });
    const seen = observation({ seconds: 2, canary: side(1000, 10), other: side(9000, 18) });
    assert.deepEqual(judge.see(seen), judge.see(seen));
  });

  it("says the same to a record of the observations, one by one", () => {
    const grown = fc.record({
      seconds: fc.double({ min: 0, max: 100, noNaN: true }),
      canary: fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 20 })),
      other: fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 20 })),
    });
    const policies = fc.constantFrom("zero-errors", "error-budget", "baseline");
    fc.assert(
      fc.property(policies, fc.array(grown, { maxLength: 30 }), (type, steps) => {
        const sums = { seconds: 0, canary: [0, 0], other: [0, 0] };
        const live = judgeOf({ type });
        const again = judgeOf({ type });
        for (const { seconds, canary, other } of steps) {
          sums.seconds += seconds;
          sums.canary = sums.canary.map((sum, index) => sum + (canary[index] ?? 0));
          sums.other = sums.other.map((sum, index) => sum + (other[index] ?? 0));
          const seen = observation({
            seconds: sums.seconds,
            canary: side(sums.canary[0] ?? 0, sums.canary[1]),
            other: side(sums.other[0] ?? 0, sums.other[1]),
          });
          assert.deepEqual(again.see(structuredClone(seen)), live.see(seen));
        }
      }),
    );
  });

  it("gives the evidence with each verdict", () => {
    const { evidence } = judgeOf(seed).see(
      observation({ seconds: 7, canary: side(50, 2), other: side(400, 1) }),
    );
    assert.equal(evidence.seconds, 7);
    assert.deepEqual(evidence.canary, { requests: 50, failed: 2, errors: 2 });
    assert.deepEqual(evidence.other, { requests: 400, failed: 1, errors: 1 });
  });

  it("does not promote without HAProxy's counts where these are required, but rejects", () => {
    const judge = judgeOf(seed, { witness: "required", limitSeconds: 60 });
    const alone = judge.see(observation({ canary: side(100) }));
    assert.equal(alone.type, "wait");
    assert.match(alone.why, /; no HAProxy could be asked yet$/);
    assert.equal(judge.see(observation({ seconds: 60, canary: side(100) })).type, "inconclusive");
    const haproxy = { requests: 100, serverErrors: 0, brokenAnswers: 0, clientErrors: 0 };
    assert.equal(judge.see(observation({ canary: { ...side(100), haproxy } })).type, "promote");
    assert.equal(judge.see(observation({ canary: side(100, 1) })).type, "reject");
  });

  it("names the rule that decided, and the canary that failed", () => {
    const crashed = instance({ fault: { kind: "crashed", why: "crashed: exit code 1" } });
    const verdict = judgeOf(seed).see(observation({ canary: { instances: [crashed], haproxy: null } }));
    assert.ok(verdict.type === "reject");
    assert.equal(verdict.rule, "zero-errors: first error");
    assert.equal(verdict.why, "1 error in 0 requests: abcdefgh crashed: exit code 1");
  });
});

describe("the time limit", () => {
  const judge = () => judgeOf(seed, { limitSeconds: 60 });

  it("makes a release inconclusive that has neither an error nor the goal", () => {
    const verdict = judge().see(observation({ seconds: 60, canary: side(10) }));
    assert.ok(verdict.type === "inconclusive");
    assert.equal(verdict.rule, "time limit");
    assert.match(verdict.why, /60 s .*10 of 100/);
  });

  it("does not hide an error, nor a reached goal", () => {
    assert.equal(judge().see(observation({ seconds: 61, canary: side(10, 1) })).type, "reject");
    assert.equal(judge().see(observation({ seconds: 61, canary: side(100) })).type, "promote");
  });

  it("is not reached a moment before", () => {
    assert.equal(judge().see(observation({ seconds: 59.9, canary: side(10) })).type, "wait");
  });
});
