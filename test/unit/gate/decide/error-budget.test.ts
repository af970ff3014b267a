import assert from "node:assert/strict";
import fc from "fast-check";
import { errorBudget, logLikelihoodRatio } from "../../../../gate/decide/error-budget.ts";
import { leastRequests, policy, type ErrorBudget } from "../../../../settings/policy.ts";

function budget(given: object = {}): ErrorBudget {
  const parsed = policy.parse({ type: "error-budget", alpha: 0.05, ...given });
  assert.ok(parsed.type === "error-budget");
  return parsed;
}

const judged = (requests: number, failed: number, given: object = {}) =>
  errorBudget(budget(given), { requests, failed, errors: failed });

const near = (actual: number, expected: number) => {
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
};

describe("an error budget", () => {
  it("weighs each failed request and each other one by how likely the two rates make it", () => {
    const ratio = 3 * Math.log(10) + 97 * Math.log(0.99 / 0.999);
    near(logLikelihoodRatio(budget(), { requests: 100, failed: 3 }), ratio);
  });

  it("is exact at no request and at 10^12", () => {
    assert.equal(logLikelihoodRatio(budget(), { requests: 0, failed: 0 }), 0);
    const tiny = { ...budget(), acceptable: 1e-13, unacceptable: 2e-13 };
    // ln((1 − 2e-13) / (1 − 1e-13)) is −1e-13, less 1.5e-26
    near(logLikelihoodRatio(tiny, { requests: 1e12, failed: 0 }), -0.1);
  });

  it("rejects at the failed request at which the unacceptable rate is 1/alpha times as likely", () => {
    // ln 20 = 2.996: the second of two failed requests gives 4.605 before others take from it.
    assert.equal(judged(2, 1).type, "wait");
    assert.equal(judged(2, 2).type, "reject");
    assert.equal(judged(176 + 2, 2).type, "reject");
    assert.equal(judged(180 + 2, 2).type, "wait");
  });

  it("promotes without a failed request after 332, and not one before", () => {
    assert.equal(leastRequests(budget()), 332);
    assert.equal(judged(331, 0).type, "wait");
    const outcome = judged(332, 0);
    assert.ok(outcome.type === "promote");
    assert.deepEqual(outcome.proves, [{ type: "rate", errorRate: 0.01, confidence: 0.95 }]);
    assert.equal(outcome.why, "0 of 332 requests failed: the error rate is below 1e-2 with 95 % confidence");
  });

  it("takes a whole cluster of errors for one", () => {
    assert.equal(judged(100, 20).type, "reject");
    assert.equal(judged(100, 20, { phi: 20 }).type, "wait");
    near(
      logLikelihoodRatio(budget({ phi: 20 }), { requests: 2000, failed: 40 }),
      logLikelihoodRatio(budget(), { requests: 100, failed: 2 }),
    );
  });

  it("is undecided after the most requests, and says so", () => {
    const outcome = judged(1000, 4, { maxRequests: 1000, alpha: 0.001, beta: 0.001, unacceptable: 0.008 });
    assert.equal(outcome.type, "inconclusive");
    assert.match(
      outcome.why,
      /^4 of 1000 requests failed, which still fits 1e-3 and 8e-3 after the most requests, 1000$/,
    );
  });

  it("counts a crash before the first request as a failed request", () => {
    near(logLikelihoodRatio(budget(), { requests: 0, failed: 1 }), Math.log(10));
  });

  it("never prefers more failed requests", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), fc.nat({ max: 1e9 }), (requests, failed) => {
        fc.pre(failed < requests);
        const fewer = logLikelihoodRatio(budget(), { requests, failed });
        assert.ok(logLikelihoodRatio(budget(), { requests, failed: failed + 1 }) > fewer);
      }),
    );
  });
});
