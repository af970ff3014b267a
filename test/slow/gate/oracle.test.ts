import assert from "node:assert/strict";
import fc from "fast-check";
import { after, betsOnBetter, betsOnWorse } from "../../../gate/decide/e-value.ts";
import { errorBudget, logLikelihoodRatio } from "../../../gate/decide/error-budget.ts";
import { confidenceOf, errorRateOf } from "../../../gate/decide/zero-errors.ts";
import { policy, requestsFor, type ErrorBudget } from "../../../settings/policy.ts";
import { atLeast } from "../../../bench/decision/binomial.ts";
import { makeOracle, type Case, type Oracle } from "./oracle/oracle.ts";

const relative = 1e-9;

function near(actual: number, expected: number, of: unknown): void {
  // What is smaller than this is nothing: a rounding of numbers near 1.
  const within = Math.max(relative * Math.abs(expected), 1e-15);
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} for ${JSON.stringify(of)}`);
}

const count = fc.oneof(fc.constantFrom(0, 1, 1e12), fc.nat({ max: 1000 }), fc.nat({ max: 1e12 }));
const probability = fc.double({ min: -12, max: -0.1, noNaN: true }).map((exponent) => 10 ** exponent);
const phi = fc.oneof(fc.constant(1), fc.double({ min: 1, max: 100, noNaN: true }));

const side = fc
  .tuple(count, count)
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
const row = fc.tuple(side, side).map(([canary, other]) => [...canary, ...other] as const);

const comparisons: fc.Arbitrary<Case> = fc.record({
  type: fc.constant("comparison"),
  rows: fc.array(row, { maxLength: 12 }),
  margin: fc.double({ min: 1.01, max: 100, noNaN: true }),
  phi,
});
const zeroErrorsCases: fc.Arbitrary<Case> = fc.record({
  type: fc.constant("zero-errors"),
  errorRate: probability,
  confidence: fc.oneof(probability, fc.constantFrom(0.95, 0.99, 0.999, 0.999999)),
  requests: count,
});
const budgets: fc.Arbitrary<Case> = fc
  .record({ rates: fc.tuple(probability, probability), counts: fc.tuple(count, count), phi })
  .filter(({ rates: [one, other] }) => one !== other)
  .map(({ rates, counts, ...rest }) => ({
    type: "error-budget",
    acceptable: Math.min(...rates),
    unacceptable: Math.max(...rates),
    failed: Math.min(...counts),
    requests: Math.max(...counts),
    ...rest,
  }));
const tails: fc.Arbitrary<Case> = fc.record({
  type: fc.constant("tail"),
  successes: fc.nat({ max: 400 }),
  trials: fc.integer({ min: 400, max: 20_000 }),
  probability: fc.double({ min: 1e-4, max: 0.06, noNaN: true }),
});

/** The program's own answer. */
function ours(one: Case): number[] {
  switch (one.type) {
    case "comparison": {
      const bets = [betsOnWorse(), betsOnBetter(one.margin)];
      return bets.map(
        (start) =>
          one.rows.reduce(
            (before, [canaryFailed, canary, otherFailed, other]) =>
              after(before, { canaryFailed, canary, otherFailed, other }, one.phi),
            start,
          ).log,
      );
    }
    case "zero-errors":
      return [
        requestsFor(one),
        confidenceOf(one.requests, one.errorRate),
        errorRateOf(one.requests, one.confidence),
      ];
    case "error-budget":
      return [logLikelihoodRatio(one, one)];
    case "tail":
      return [atLeast(one.successes, one.trials, one.probability)];
    case "reached":
      throw new Error("has no one answer");
  }
}

describe("the statistics, beside arbitrary precision and exact binomials", function () {
  this.timeout(300_000);
  let oracle: Oracle;

  before(async () => {
    oracle = await makeOracle();
  });

  async function agree(cases: fc.Arbitrary<Case>, number: number): Promise<void> {
    const list = fc.sample(cases, { numRuns: number, seed: 7 });
    const theirs = await oracle(list);
    for (const [index, one] of list.entries()) {
      for (const [part, value] of ours(one).entries()) near(value, theirs[index]?.[part] ?? Number.NaN, one);
    }
  }

  it("agree on the evidence of comparisons, from no request to 10^12", async () => {
    await agree(comparisons, 600);
  });

  it("agree on requests, confidence and error rate of zero errors", async () => {
    await agree(zeroErrorsCases, 600);
  });

  it("agree on the likelihood ratio of an error budget", async () => {
    await agree(budgets, 600);
  });

  it("agree on the tails by which simulations are judged", async () => {
    await agree(tails, 500);
  });

  it("agree on the vector that is known", async () => {
    const rows = [
      [0, 100, 1, 300],
      [3, 200, 1, 200],
      [1, 50, 0, 350],
    ] as const;
    const [answer = []] = await oracle([{ type: "comparison", rows, margin: 2, phi: 1 }]);
    assert.deepEqual(
      answer.map((value) => value.toFixed(9)),
      ["-0.148559479", "-2.541622765"],
    );
  });

  const looksOf = (budget: ErrorBudget, every: number, looks: number) =>
    Array.from({ length: looks }, (_, look) => {
      const requests = (look + 1) * every;
      const types = Array.from(
        { length: requests + 1 },
        (__, failed) => errorBudget(budget, { requests, failed, errors: failed }).type,
      );
      const reject = types.indexOf("reject");
      return { requests, reject: reject < 0 ? requests + 1 : reject, promote: types.lastIndexOf("promote") };
    });

  for (const every of [1, 25]) {
    it(`keep to the bounds of an error budget exactly, looked at each ${every} requests`, async () => {
      const budget = policy.parse({ type: "error-budget", alpha: 0.05, beta: 0.05 });
      assert.ok(budget.type === "error-budget");
      const looks = looksOf(budget, every, 1500 / every);
      const [good, bad] = await oracle(
        [budget.acceptable, budget.unacceptable].map((rate) => ({ type: "reached", rate, looks })),
      );
      const [rejected = 1, promoted = 0] = good ?? [];
      const [caught = 0, missed = 1] = bad ?? [];
      assert.ok(rejected <= budget.alpha, `${rejected} of the acceptable ones are rejected`);
      assert.ok(missed <= budget.beta, `${missed} of the unacceptable ones are promoted`);
      assert.ok(promoted > 0.9 && caught > 0.9, `${promoted} are promoted, ${caught} are rejected`);
    });
  }
});
