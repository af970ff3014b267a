import assert from "node:assert/strict";
import fc from "fast-check";
import {
  confidenceOf,
  errorRateOf,
  goalOf,
  proved,
  zeroErrors,
} from "../../../../gate/decide/zero-errors.ts";
import { requestsFor, type ZeroErrors } from "../../../../settings/policy.ts";

const seed: ZeroErrors = { type: "zero-errors", goal: { requests: 75_000 } };
const usual: ZeroErrors = { type: "zero-errors", goal: { errorRate: 1e-4, confidence: 0.999 } };

const judged = (policy: ZeroErrors, requests: number, errors = 0, first?: string) =>
  zeroErrors(policy, { requests, errors, failed: Math.min(requests, errors) }, first);

describe("zero-errors", () => {
  it("asks for 69,075 requests to rule out 1 in 10,000 at 99.9 %", () => {
    assert.equal(requestsFor({ errorRate: 1e-4, confidence: 0.999 }), 69_075);
    assert.equal(goalOf(usual), 69_075);
  });

  it("asks for 6,905 requests to rule out 1 in 1,000 at 99.9 %", () => {
    assert.equal(requestsFor({ errorRate: 1e-3, confidence: 0.999 }), 6_905);
  });

  it("tells what the seed's 75,000 requests prove against 1 in 10,000", () => {
    assert.equal(confidenceOf(75_000, 1e-4).toFixed(5), "0.99945");
  });

  it("is exact at no request and at 10^12", () => {
    assert.equal(confidenceOf(0, 1e-4), 0);
    assert.equal(confidenceOf(1e12, 1e-4), 1);
    assert.equal(errorRateOf(0, 0.999), 1);
    // x = −ln(0.001) / 10^12, less half its square
    assert.ok(Math.abs(errorRateOf(1e12, 0.999) / 6.907755278958278e-12 - 1) < 1e-15);
    assert.ok(Math.abs(confidenceOf(1e12, 1e-13) - (1 - Math.exp(-0.1))) < 1e-12);
  });

  it("asks for the least number of requests that gives the confidence", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
        fc.double({ min: 0.01, max: 0.999999, noNaN: true }),
        (errorRate, confidence) => {
          const requests = requestsFor({ errorRate, confidence });
          assert.ok(confidenceOf(requests, errorRate) >= confidence - 1e-12);
          assert.ok(confidenceOf(requests - 1, errorRate) <= confidence + 1e-12);
        },
      ),
    );
  });

  it("rejects at the first error, however many requests there were", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e12 }), fc.integer({ min: 1, max: 1e12 }), (requests, errors) => {
        assert.equal(judged(seed, requests, errors).type, "reject");
      }),
    );
  });

  it("promotes at the goal and not one request before", () => {
    assert.equal(judged(seed, 74_999).type, "wait");
    assert.equal(judged(seed, 75_000).type, "promote");
  });

  it("tells in a sentence which error it was", () => {
    assert.equal(judged(usual, 10, 1, "abc counted 1").why, "1 error in 10 requests: abc counted 1");
  });

  it("proves the asked error rate with the confidence that was reached", () => {
    assert.equal(proved(usual, 69_075).errorRate, 1e-4);
    assert.ok(proved(usual, 69_075).confidence >= 0.999);
    assert.ok(proved(usual, 69_074).confidence < 0.999);
  });

  it("proves with 99.9 % confidence what a number of requests rules out", () => {
    const { errorRate, confidence } = proved(seed, 75_000);
    assert.equal(confidence, 0.999);
    assert.ok(Math.abs(confidenceOf(75_000, errorRate) - 0.999) < 1e-12);
  });

  it("claims no more confidence in words than was proved", () => {
    assert.match(judged(usual, 69_075).why, /below 1e-4 with 99\.9 % confidence$/);
    // 0.999447…
    assert.match(judged(usual, 75_000).why, /with 99\.944 % confidence$/);
  });
});
