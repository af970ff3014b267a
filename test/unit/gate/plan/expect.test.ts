import assert from "node:assert/strict";
import { atMost, highestRate } from "../../../../gate/plan/chance.ts";
import { expect } from "../../../../gate/plan/expect.ts";
import type { Circumstances } from "../../../../gate/plan/expected.ts";
import { policy } from "../../../../settings/policy.ts";

const circumstances = (given: object, more: Partial<Circumstances> = {}): Circumstances => ({
  policy: policy.parse(given),
  canaryPerSecond: 50,
  otherPerSecond: 150,
  background: 0.005,
  otherSide: "production",
  intervalSeconds: 1,
  limitSeconds: 3600,
  ...more,
});
const near = (one: number, other: number, relative: number) => {
  assert.ok(Math.abs(one - other) <= relative * Math.abs(other), `${one} is not near ${other}`);
};

describe("what a release under zero-errors has to expect", () => {
  const zero = circumstances({ type: "zero-errors", requests: 75_000 });

  it("is a promotion after all requests where nothing fails", () => {
    const { reject, promote, seconds, failed } = expect(zero, 0);
    assert.deepEqual([reject, promote, failed], [0, 1, 0]);
    near(seconds, 1500, 0.001);
  });

  it("is what the closed forms say", () => {
    const { reject, promote, requests, failed } = expect(zero, 1e-4);
    near(reject, 1 - 0.9999 ** 75_000, 1e-9);
    near(reject + promote, 1, 1e-12);
    near(requests, 9994.5 + 25, 1e-4);
    near(failed, 1.002, 1e-2);
  });

  it("is nothing certain in too little time", () => {
    const { promote, inconclusive, reject } = expect({ ...zero, limitSeconds: 60 }, 1e-4);
    assert.equal(promote, 0);
    near(reject, 1 - 0.9999 ** 3000, 1e-9);
    near(inconclusive, 1 - reject, 1e-12);
  });

  it("is nothing without traffic", () => {
    const { inconclusive, seconds } = expect({ ...zero, canaryPerSecond: 0 }, 0.1);
    assert.deepEqual([inconclusive, seconds], [1, 3600]);
  });
});

describe("what a release under other policies has to expect", () => {
  it("is what the policy promises", () => {
    const budget = circumstances({ type: "error-budget", alpha: 0.05, beta: 0.05 });
    assert.ok(expect(budget, 0.001).reject < 0.08);
    assert.ok(expect(budget, 0.01).promote < 0.08);
    // Wald's approximation of the requests until an acceptable release is promoted: 393, and looks come each second.
    const { requests } = expect(circumstances({ type: "error-budget", alpha: 0.05, beta: 0.05 }), 0.001);
    assert.ok(requests > 350 && requests < 600, `${requests} requests`);
  });

  it("is compared with production as it is", () => {
    const baseline = circumstances({ type: "baseline", minSeconds: 0 });
    assert.ok(expect(baseline, 0.005).promote > 0.9);
    assert.ok(expect(baseline, 0.05).reject > 0.99);
    assert.ok(expect({ ...baseline, background: 0.05 }, 0.05).promote > 0.9);
  });

  it("is the same each time", () => {
    const baseline = circumstances({ type: "baseline" });
    assert.deepEqual(expect(baseline, 0.005), expect(baseline, 0.005));
  });

  it("is inconclusive without traffic", () => {
    const none = circumstances({ type: "baseline" }, { canaryPerSecond: 0, otherPerSecond: 0 });
    assert.equal(expect(none, 0.1).inconclusive, 1);
  });
});

describe("the highest rate that counts are compatible with", () => {
  it("is that of Clopper and Pearson", () => {
    // None of n: 1 − 0.05^(1/n). 1 of 10: from a table, 0.3942.
    near(highestRate(0, 299, 0.95), 1 - 0.05 ** (1 / 299), 1e-9);
    near(highestRate(1, 10, 0.95), 0.39416, 1e-4);
    assert.equal(highestRate(3, 3, 0.95), 1);
    assert.equal(highestRate(0, 0, 0.95), 1);
  });

  it("is exact also for many", () => {
    near(atMost(2, 4, 0.5), 11 / 16, 1e-12);
    near(highestRate(0, 1e12, 0.95), 2.9957e-12, 1e-4);
    near(atMost(100, 1_000_000, 1e-4), 0.5266, 1e-3);
  });
});
