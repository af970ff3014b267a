import assert from "node:assert/strict";
import { randomFrom } from "../../../bench/decision/failures.ts";
import { judged } from "../../../bench/decision/judged.ts";
import { oneBadOf, type Errors, type Scenario } from "../../../bench/decision/traffic.ts";
import { unattended } from "../../../gate/decide/rules.ts";
import type { Final } from "../../../gate/decide/verdict.ts";
import { policy, type Policy } from "../../../settings/policy.ts";
import { atLeast } from "../../../bench/decision/binomial.ts";

const releases = 20_000;

type Told = Record<Final["type"], number>;

/** How many of the releases came to which verdict. */
function verdicts(rules: Policy, scenario: Scenario): Told {
  const random = randomFrom(7);
  const told: Told = { promote: 0, reject: 0, inconclusive: 0 };
  for (let release = 0; release < releases; release++) {
    const given = {
      policy: rules,
      checks: [],
      allowedErrors: [],
      limitSeconds: 3600,
      otherSide: "twin",
      witness: "optional",
      ...unattended,
    } as const;
    told[judged(given, scenario, random).type] += 1;
  }
  return told;
}

/** Fails where so many of the releases are more than the probability allows, but for one run in a thousand. */
function assertWithin(number: number, probability: number, told: Told): void {
  const chance = atLeast(number, releases, probability);
  assert.ok(
    chance >= 0.001,
    `${number} of ${releases} are more than ${probability}: ${JSON.stringify(told)}`,
  );
}

const share = (number: number) => number / releases;

const baseline = (given: object = {}) =>
  policy.parse({
    type: "baseline",
    bound: { errorRate: 0.005, confidence: 0.95 },
    minSeconds: 0,
    minRequests: 100,
    maxRequests: 20_000,
    ...given,
  });
/**
 * A bad release may come through by the comparison or by failing nothing, so by either with the sum of both
 * probabilities; but each case here leaves it one of the two.
 */
const most = { good: 0.01, bad: 0.05 };

const background = 0.01;
/** Few requests, so that the share changes before most releases have come to an end. */
const slow = { requestsPerSecond: 40, intervalSeconds: 5, share: 0.25 };
const plain = { requestsPerSecond: 200, intervalSeconds: 5, share: 0.25 };

type Kind = {
  name: string;
  phi: number;
  scenario: (canaryRate: number) => Scenario;
};
const sides = (canaryRate: number, more: Partial<Errors> = {}) => ({
  canary: { rate: canaryRate, ...more },
  other: { rate: background, ...more },
});
const kinds: readonly Kind[] = [
  { name: "independent errors", phi: 1, scenario: (rate) => ({ ...plain, ...sides(rate) }) },
  {
    name: "clusters of 5",
    phi: 5,
    scenario: (rate) => ({ ...plain, ...sides(rate, { clusters: 5 }) }),
  },
  {
    name: "clusters of 20",
    phi: 20,
    scenario: (rate) => ({ ...plain, requestsPerSecond: 800, ...sides(rate, { clusters: 20 }) }),
  },
  {
    name: "bursts common to both sides",
    phi: 1,
    scenario: (rate) => ({
      ...plain,
      ...sides(rate),
      bursts: { everySeconds: 60, seconds: 10, times: 10 },
    }),
  },
  {
    name: "warm-up errors of a fresh canary and a fresh twin",
    phi: 1,
    scenario: (rate) => ({ ...plain, ...sides(rate, { warmUp: { seconds: 60, times: 5 } }) }),
  },
  {
    name: "a share that changes midway",
    phi: 1,
    scenario: (rate) => ({ ...slow, ...sides(rate), change: { seconds: 60, share: 0.6 } }),
  },
  {
    name: "a share that changes while both sides fail more often",
    phi: 1,
    scenario: (rate) => ({
      ...slow,
      ...sides(rate, { warmUp: { seconds: 30, times: 10 } }),
      change: { seconds: 30, share: 0.75 },
    }),
  },
  { name: "a late start", phi: 1, scenario: (rate) => ({ ...plain, ...sides(rate), lateSeconds: 120 }) },
];

describe("simulated releases under the policy baseline", function () {
  this.timeout(120_000);

  for (const { name, phi, scenario } of kinds) {
    it(`are seldom rejected when they are good, with ${name}`, () => {
      const told = verdicts(baseline({ phi, maxRequests: 20_000 * phi }), scenario(background));
      assertWithin(told.reject, most.good, told);
      assert.ok(share(told.promote) > 0.9, JSON.stringify(told));
    });

    it(`are seldom promoted when they fail twice as often, with ${name}`, () => {
      const told = verdicts(baseline({ phi, maxRequests: 20_000 * phi }), scenario(2 * background));
      assertWithin(told.promote, most.bad, told);
      assert.ok(share(told.reject) > 0.8, JSON.stringify(told));
    });
  }

  it("are seldom promoted when one instance of eight is bad", () => {
    const rate = oneBadOf(8, background, 9 * background);
    const told = verdicts(baseline(), { ...plain, ...sides(rate) });
    assertWithin(told.promote, most.bad, told);
    assert.ok(share(told.reject) > 0.8, JSON.stringify(told));
  });

  it("are seldom promoted when nothing fails beside them and they fail as often as the bound says", () => {
    const told = verdicts(baseline(), { ...plain, canary: { rate: 0.005 }, other: { rate: 0 } });
    assertWithin(told.promote, most.bad, told);
  });

  it("are seldom rejected when they are good, however often it is looked at", () => {
    const patient = baseline({ minRequests: 20_000 });
    const told = verdicts(patient, { ...plain, intervalSeconds: 1, share: 0.5, ...sides(background) });
    assertWithin(told.reject, most.good, told);
  });

  it("are seldom promoted when they fail twice as often, however often it is looked at", () => {
    const patient = baseline({ alpha: 1e-12, maxRequests: 5000 });
    const told = verdicts(patient, { ...plain, intervalSeconds: 1, share: 0.5, ...sides(2 * background) });
    assertWithin(told.promote, most.bad, told);
  });

  it("are rejected too often when errors come in clusters and phi does not say so", () => {
    const told = verdicts(baseline(), { ...plain, ...sides(background, { clusters: 20 }) });
    assert.ok(share(told.reject) > 10 * most.good, JSON.stringify(told));
  });

  it("are rejected when they fail five times as often", () => {
    const told = verdicts(baseline(), { ...plain, ...sides(5 * background) });
    assert.ok(share(told.reject) > 0.999, JSON.stringify(told));
  });
});

describe("simulated releases under the policy error-budget", function () {
  this.timeout(120_000);
  const alone = (rate: number, clusters: number): Scenario => ({
    requestsPerSecond: 25,
    intervalSeconds: 2,
    share: 1,
    canary: { rate, clusters },
    other: { rate: 0 },
  });

  for (const phi of [1, 5, 20]) {
    const budget = policy.parse({ type: "error-budget", alpha: 0.05, beta: 0.05, phi });

    it(`are seldom rejected when they are acceptable, in clusters of ${phi}`, () => {
      const told = verdicts(budget, alone(0.001, phi));
      assertWithin(told.reject, 0.05, told);
      assert.ok(share(told.promote) > 0.9, JSON.stringify(told));
    });

    it(`are seldom promoted when they are unacceptable, in clusters of ${phi}`, () => {
      const told = verdicts(budget, alone(0.01, phi));
      assertWithin(told.promote, 0.05, told);
      assert.ok(share(told.reject) > 0.9, JSON.stringify(told));
    });
  }
});

describe("simulated releases under the policy zero-errors", function () {
  this.timeout(120_000);

  it("are promoted as seldom as is said when they fail as often as is to be ruled out", () => {
    const zero = policy.parse({ type: "zero-errors", errorRate: 0.001, confidence: 0.95 });
    const told = verdicts(zero, { ...plain, share: 0.5, ...sides(0.001) });
    assertWithin(told.promote, 0.05, told);
    assert.ok(share(told.promote) > 0.04, JSON.stringify(told));
  });
});
