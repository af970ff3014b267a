import assert from "node:assert/strict";
import fc from "fast-check";
import { compared, logPromote, logReject, noComparison } from "../../../../gate/decide/comparison.ts";
import { judgeOf, observation, side } from "./observations.ts";

type Row = readonly [canaryFailed: number, canary: number, otherFailed: number, other: number];

/** The comparison after intervals of a second each. */
function after(rows: readonly Row[], given: { margin?: number; phi?: number } = {}) {
  const sums = { canaryFailed: 0, canary: 0, otherFailed: 0, other: 0 };
  return rows.reduce(
    (before, [canaryFailed, canary, otherFailed, other], index) => {
      sums.canaryFailed += canaryFailed;
      sums.canary += canary;
      sums.otherFailed += otherFailed;
      sums.other += other;
      return compared(
        before,
        index + 1,
        { requests: sums.canary, failed: sums.canaryFailed },
        { requests: sums.other, failed: sums.otherFailed },
      );
    },
    noComparison({ margin: 2, phi: 1, ...given }),
  );
}

const near = (actual: number, expected: number, within: number) => {
  assert.ok(Math.abs(actual - expected) < within, `${actual} is not ${expected}`);
};

const known: readonly Row[] = [
  [0, 100, 1, 300],
  [3, 200, 1, 200],
  [1, 50, 0, 350],
];

describe("a comparison of canary and production", () => {
  it("gives the evidence that was computed by hand", () => {
    near(logReject(after(known)), -0.148559479, 1e-8);
    near(logPromote(after(known)), -2.541622765, 1e-8);
  });

  it("begins with no evidence for either", () => {
    near(logReject(after([])), 0, 1e-15);
    near(logPromote(after([])), 0, 1e-15);
  });

  it("learns nothing where a side has no requests, or nothing failed", () => {
    const silent = after([...known, [0, 1000, 0, 3000]]);
    assert.equal(logReject(silent), logReject(after(known)));
    const alone = Array.from({ length: 60 }, (): Row => [1, 10, 0, 0]);
    assert.equal(logReject(after(alone)), 0);
  });

  it("waits until both sides have requests, for a minute", () => {
    const apart = after([
      [0, 0, 1, 300],
      [2, 100, 0, 0],
    ]);
    assert.equal(logReject(apart), logReject(after([[2, 100, 1, 300]])));
    const tooLate = Array.from({ length: 60 }, (_, second): Row =>
      second === 0 ? [0, 0, 5, 300] : [0, 0, 0, 0],
    );
    const late = after([...tooLate, [1, 100, 0, 300]]);
    assert.equal(logReject(late), logReject(after([[1, 100, 0, 300]])));
  });

  it("does not change when it is looked at more often than each second", () => {
    const first = compared(noComparison({ margin: 2, phi: 1 }), 1, side1(100, 1), side1(100, 0));
    assert.equal(compared(first, 1.5, side1(150, 9), side1(150, 0)), first);
    assert.notEqual(compared(first, 2, side1(150, 9), side1(150, 0)), first);
  });

  it("leaves a crash without a request for the next requests", () => {
    const crashed = after([
      [1, 0, 0, 100],
      [0, 100, 0, 0],
    ]);
    assert.equal(logReject(crashed), logReject(after([[1, 100, 0, 100]])));
  });

  it("counts in an interval no more failures than requests, and the others in the next", () => {
    const crashed = after([
      [3, 1, 0, 100],
      [0, 100, 0, 100],
    ]);
    const spread = after([
      [1, 1, 0, 100],
      [2, 100, 0, 100],
    ]);
    assert.equal(logReject(crashed), logReject(spread));
  });

  it("adds nothing while a count is behind what it was", () => {
    const before = after([[1, 100, 1, 100]]);
    const back = compared(before, 62, side1(50, 0), side1(200, 1));
    assert.equal(logReject(back), logReject(before));
    const again = compared(back, 63, side1(120, 1), side1(220, 1));
    assert.equal(logReject(again), logReject(before));
  });

  it("takes a cluster of phi failures for one", () => {
    const clustered = after([[10, 500, 5, 500]], { phi: 5 });
    near(logReject(clustered), logReject(after([[2, 500, 1, 500]])), 1e-12);
    near(logPromote(clustered), logPromote(after([[2, 500, 1, 500]])), 1e-12);
  });

  it("stays finite from no request to 10^12", () => {
    const count = fc.oneof(fc.nat({ max: 1000 }), fc.constantFrom(0, 1, 1e12), fc.nat({ max: 1e12 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count, count, count), { maxLength: 20 }), (rows) => {
        const comparison = after(rows);
        assert.ok(Number.isFinite(logReject(comparison)) && Number.isFinite(logPromote(comparison)));
      }),
    );
  });

  it("is the more for rejecting, and the less for promoting, the more the canary fails", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.nat({ max: 100 }),
        fc.nat({ max: 100 }),
        (canary, other, canaryFailed, otherFailed) => {
          fc.pre(canaryFailed < canary && otherFailed <= other);
          const fewer = after([[canaryFailed, canary, otherFailed, other]]);
          const more = after([[canaryFailed + 1, canary, otherFailed, other]]);
          assert.ok(logReject(more) > logReject(fewer));
          assert.ok(logPromote(more) < logPromote(fewer));
        },
      ),
    );
  });
});

function side1(requests: number, failed: number) {
  return { requests, failed };
}

describe("the policy baseline", () => {
  const baseline = { type: "baseline" };
  const looked = (
    seconds: number,
    canary: readonly [number, number],
    other: readonly [number, number] | null,
  ) => observation({ seconds, canary: side(...canary), other: other && side(...other) });

  it("rejects a canary that fails ten times as often as production", () => {
    const verdict = judgeOf(baseline).see(looked(2, [1000, 20], [9000, 18]));
    assert.ok(verdict.type === "reject");
    assert.equal(verdict.rule, "baseline: reject");
    assert.equal(
      verdict.why,
      "20 of 1000 requests failed, 18 of 9000 of production: the canary fails more often, with 99 % confidence",
    );
  });

  it("promotes one that fails as often as production, and proves that it is not twice as often", () => {
    const verdict = judgeOf(baseline).see(looked(60, [10_000, 100], [10_000, 100]));
    assert.ok(verdict.type === "promote");
    assert.deepEqual(verdict.proves, [{ type: "ratio", margin: 2, confidence: 0.95 }]);
    assert.equal(verdict.rule, "baseline: promote");
  });

  it("promotes without failures what the bound asks for, also when production is not known", () => {
    const verdict = judgeOf(baseline).see(looked(60, [4603, 0], null));
    assert.ok(verdict.type === "promote");
    assert.equal(verdict.rule, "baseline: no failure");
    assert.match(verdict.why, /below 1e-3, with 99 % confidence$/);
    assert.equal(judgeOf(baseline).see(looked(60, [4602, 0], [4602, 0])).type, "wait");
  });

  it("asks for more requests without failures where these come in clusters", () => {
    const clustered = { ...baseline, phi: 5 };
    assert.equal(judgeOf(clustered).see(looked(60, [23_023, 0], null)).type, "wait");
    const verdict = judgeOf(clustered).see(looked(60, [23_024, 0], null));
    assert.ok(verdict.type === "promote");
    assert.match(verdict.why, /below 1e-3, with 99 % confidence$/);
  });

  it("promotes neither too soon nor on too few requests", () => {
    const good = [4603, 0] as const;
    assert.equal(judgeOf(baseline).see(looked(59.9, good, good)).type, "wait");
    assert.equal(judgeOf({ ...baseline, minRequests: 4604 }).see(looked(60, good, good)).type, "wait");
    assert.equal(judgeOf({ ...baseline, minRequests: 4603 }).see(looked(60, good, good)).type, "promote");
  });

  it("rejects as soon as it can, whatever the minima", () => {
    const verdict = judgeOf({ ...baseline, minSeconds: 600 }).see(looked(1, [50, 25], [450, 0]));
    assert.equal(verdict.type, "reject");
  });

  it("rejects rather than promotes when both could be said", () => {
    const judge = judgeOf({ ...baseline, margin: 100 });
    const verdict = judge.see(looked(60, [10_000, 400], [10_000, 100]));
    assert.equal(verdict.type, "reject");
  });

  it("is undecided after the most requests, and after the longest time", () => {
    const one = judgeOf({ ...baseline, maxRequests: 5000 }).see(looked(60, [5000, 3], [5000, 2]));
    assert.ok(one.type === "inconclusive");
    assert.equal(one.rule, "baseline: request limit");
    const two = judgeOf({ ...baseline, maxSeconds: 60 }).see(looked(60, [5000, 3], [5000, 2]));
    assert.ok(two.type === "inconclusive");
    assert.equal(two.rule, "time limit");
  });
});
