import assert from "node:assert/strict";
import fc from "fast-check";
import { decide } from "../../../../gate/decide/decide.ts";
import {
  confidenceOf,
  errorRateOf,
  goalOf,
  proved,
  requestsFor,
  zeroErrors,
} from "../../../../gate/decide/zero-errors.ts";
import { policy } from "../../../../settings/policy.ts";

const seed = policy.parse({ type: "zero-errors", requests: 75_000 });
const usual = policy.parse({ type: "zero-errors" });

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
        assert.equal(zeroErrors(seed, { requests, errors, seconds: 0 }).type, "reject");
      }),
    );
  });

  it("promotes at the goal and not one request before", () => {
    assert.equal(zeroErrors(seed, { requests: 74_999, errors: 0, seconds: 0 }).type, "wait");
    const verdict = zeroErrors(seed, { requests: 75_000, errors: 0, seconds: 0 });
    assert.equal(verdict.type, "promote");
  });

  it("tells in a sentence which error it was", () => {
    const verdict = zeroErrors(usual, { requests: 10, errors: 1, seconds: 0, firstError: "abc counted 1" });
    assert.equal(verdict.why, "1 error in 10 requests: abc counted 1");
  });

  it("proves the asked error rate with the confidence that was reached", () => {
    assert.deepEqual(proved(usual, 69_075).errorRate, 1e-4);
    assert.ok(proved(usual, 69_075).confidence >= 0.999);
    assert.ok(proved(usual, 69_074).confidence < 0.999);
  });

  it("claims no more confidence in words than was proved", () => {
    const verdict = zeroErrors(usual, { requests: 69_075, errors: 0, seconds: 0 });
    assert.match(verdict.why, /below 1e-4 with 99\.9 % confidence$/);
    // 0.999447…
    const more = zeroErrors(usual, { requests: 75_000, errors: 0, seconds: 0 });
    assert.match(more.why, /with 99\.944 % confidence$/);
  });
});

describe("the time limit", () => {
  it("makes a release inconclusive that has neither an error nor the goal", () => {
    const verdict = decide(seed, 60, { requests: 100, errors: 0, seconds: 60 });
    assert.equal(verdict.type, "inconclusive");
    assert.match(verdict.why, /60 s .*100 of 75000/);
  });

  it("does not hide an error, nor a reached goal", () => {
    assert.equal(decide(seed, 60, { requests: 100, errors: 1, seconds: 61 }).type, "reject");
    assert.equal(decide(seed, 60, { requests: 75_000, errors: 0, seconds: 61 }).type, "promote");
  });

  it("is not reached a moment before", () => {
    assert.equal(decide(seed, 60, { requests: 100, errors: 0, seconds: 59.9 }).type, "wait");
  });
});
