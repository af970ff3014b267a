import assert from "node:assert/strict";
import fc from "fast-check";
import { costlyWhy, isCostly, seemsCostly, type CostSeen } from "../../../../gate/decide/costs.ts";
import { costs } from "../../../../settings/costs.ts";
import { inClusters, rejected, services, uniformFrom } from "./cost-watches.ts";
import { judgeOf, observation, side } from "./observations.ts";

const rule = costs.parse({});

/** Requests that all cost the same. */
const alike = (requests: number, each: number) => ({
  requests,
  sum: requests * each,
  squares: requests * each * each,
});

const seen = (canary: [number, number], other: [number, number], more: Partial<CostSeen> = {}): CostSeen => ({
  route: "GET /classes/:id",
  respect: "queries",
  canary: alike(...canary),
  other: alike(...other),
  ...more,
});

describe("costs", () => {
  it("are too much where they are more by the factor and by the number, beyond chance", () => {
    assert.equal(isCostly(rule, seen([312, 12], [5021, 2])), true);
    assert.equal(isCostly(rule, seen([312, 12], [5021, 7])), false, "not twice");
    assert.equal(isCostly(rule, seen([1000, 201], [10_000, 100])), false, "hardly twice");
    assert.equal(isCostly(rule, seen([100_000, 201], [1_000_000, 90])), true);
    assert.equal(isCostly(rule, seen([100_000, 4], [100_000, 1.5])), false, "not three more");
    assert.equal(isCostly(rule, seen([100_000, 5], [100_000, 1.5])), true);
    assert.equal(isCostly(rule, seen([100_000, 3.5], [100_000, 0])), true, "of a route without queries");
  });

  it("take more requests where the difference is smaller", () => {
    const fewest = (mine: number) =>
      [50, 100, 200, 400, 800, 1600, 3200].find((n) => isCostly(rule, seen([n, mine], [10 * n, 2])));
    assert.deepEqual([30_000, 30, 12, 7].map(fewest), [100, 100, 200, 800]);
  });

  it("of items need more of a difference than those of queries", () => {
    const items = { respect: "items" as const };
    assert.equal(isCostly(rule, seen([5000, 90], [5000, 10], items)), false);
    assert.equal(isCostly(rule, seen([5000, 150], [5000, 10], items)), true);
  });

  it("are not looked at before each side has had so many requests", () => {
    assert.equal(seemsCostly(rule, seen([49, 1000], [5000, 2])), false);
    assert.equal(seemsCostly(rule, seen([5000, 1000], [49, 2])), false);
    assert.equal(seemsCostly(rule, seen([50, 1000], [50, 2])), true);
    assert.equal(seemsCostly(rule, seen([50, 4], [50, 1.5])), false);
    assert.equal(seemsCostly(rule, seen([50, 19], [50, 10])), false);
  });

  it("are no more for a few requests that cost much, however few the other side has had", () => {
    const outliers = (requests: number, of: number) => ({
      requests,
      sum: of * 30_000,
      squares: of * 30_000 * 30_000,
    });
    assert.equal(isCostly(rule, seen([1, 1], [5000, 0], { canary: outliers(5000, 20) })), false);
    // As often on both sides, of which one has a hundredth of the requests.
    assert.equal(isCostly(rule, seen([1, 1], [50, 0], { canary: outliers(5000, 100) })), false);
    assert.equal(isCostly(rule, seen([1, 1], [5000, 0], { canary: outliers(5000, 400) })), true);
  });

  it("are never too much on both sides, whatever was counted", () => {
    const amount = fc.integer({ min: 0, max: 1e6 });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 2 }), fc.array(amount, { minLength: 2 }), (mine, theirs) => {
        const sample = (all: number[]) => ({
          requests: 1000 * all.length,
          sum: 1000 * all.reduce((sum, each) => sum + each, 0),
          squares: 1000 * all.reduce((sum, each) => sum + each * each, 0),
        });
        const [one, other] = [sample(mine), sample(theirs)];
        const both = [
          seen([1, 1], [1, 1], { canary: one, other }),
          seen([1, 1], [1, 1], { canary: other, other: one }),
        ];
        assert.ok(both.filter((each) => isCostly(rule, each)).length <= 1);
      }),
    );
  });
});

describe("what is said of costs", () => {
  it("is how many queries a request makes on both sides, and of how many requests", () => {
    assert.equal(
      costlyWhy(rule, [seen([312, 12], [5021, 2])], "production"),
      "costs: GET /classes/:id makes 12 queries a request where production makes 2 (312 and 5,021 requests)",
    );
    assert.equal(
      costlyWhy(rule, [seen([1000, 4321.6], [1000, 0.25], { respect: "items" })], "twin"),
      "costs: GET /classes/:id gets 4,322 items a request where the twin gets 0.25 (1,000 and 1,000 requests)",
    );
  });

  it("is the worst routes first, and how many there are beside", () => {
    const routes = [10, 40, 20, 30, 50].map((queries) =>
      seen([5000, queries], [5000, 2], { route: `GET /${queries}` }),
    );
    assert.match(
      costlyWhy(rule, [...routes, seen([50, 6], [50, 2])], "production") ?? "",
      /^costs: GET \/50 makes 50 [^;]+; GET \/40 [^;]+; GET \/30 [^;]+; and 2 more of the kind$/,
    );
  });

  it("is nothing where none is beyond chance", () => {
    assert.equal(costlyWhy(rule, [seen([50, 6], [50, 2])], "production"), undefined);
    assert.equal(costlyWhy(rule, [], "production"), undefined);
  });
});

describe("costs beside a policy", () => {
  const judge = (given: object = {}) =>
    judgeOf({ type: "zero-errors", requests: 10 }, { costs: { ...rule, ...given } });
  const costly = [seen([312, 12], [5021, 2])];

  it("reject what the policy would promote", () => {
    const verdict = judge().see(observation({ canary: side(10), costs: costly }));
    assert.ok(verdict.type === "reject");
    assert.equal(verdict.rule, "check: costs");
    assert.match(verdict.why, /^costs: GET \/classes\/:id makes 12 queries a request where production/);
  });

  it("let it be promoted where they are well, and where nothing is known of them", () => {
    for (const costs of [[], [seen([50, 6], [50, 2])]])
      assert.equal(judge().see(observation({ canary: side(10), costs })).type, "promote");
  });

  it("may be anything where they are not compared", () => {
    const judged = judgeOf({ type: "zero-errors", requests: 10 }, { costs: null });
    assert.equal(judged.see(observation({ canary: side(10), costs: costly })).type, "promote");
  });

  it("are not looked at before their time, for which the promotion waits", () => {
    const judged = judge({ afterSeconds: 30 });
    const early = judged.see(observation({ seconds: 29, canary: side(10), costs: costly }));
    assert.equal(early.type, "wait");
    assert.match(early.why, /costs are looked at after 30 s with traffic$/);
    assert.equal(judged.see(observation({ seconds: 30, canary: side(10) })).type, "promote");
    assert.equal(judged.see(observation({ seconds: 31, costs: costly })).type, "reject");
  });

  it("let a promotion wait until they are compared, but no rejection", () => {
    const costsWait = "what requests cost is compared for 3 s first";
    const waits = judge().see(observation({ canary: side(10), costsWait }));
    assert.equal(waits.type, "wait");
    assert.match(waits.why, /; what requests cost is compared for 3 s first$/);
    assert.equal(judge().see(observation({ canary: side(10), costs: costly, costsWait })).type, "reject");
    const judged = judgeOf({ type: "zero-errors", requests: 10 }, { costs: null });
    assert.equal(judged.see(observation({ canary: side(10), costsWait })).type, "promote");
  });

  it("come after a rejection of the policy", () => {
    const verdict = judge().see(observation({ canary: side(10, 1), costs: costly }));
    assert.ok(verdict.type === "reject");
    assert.equal(verdict.rule, "zero-errors: first error");
  });
});

describe("a watch of costs", function () {
  this.timeout(60_000);
  const sizes = [
    [10, 90],
    [20, 20],
    [90, 10],
  ] as const;
  const watches = 4000;

  for (const [name, draw] of Object.entries(services)) {
    it(`rejects less than one release in 1,000 whose requests cost the same, though looked at 20 times: ${name}`, () => {
      const random = uniformFrom(11);
      // The hardest case of the test itself: any difference at all would be too much.
      const strict = { ...rule, factor: 1, queries: 0 };
      for (const [canaryEach, otherEach] of sizes) {
        const watch = { canary: draw, other: draw, rule: strict, canaryEach, otherEach, looks: 20 };
        assert.ok(rejected(watches, () => watch, random) < 1e-3, `${canaryEach} and ${otherEach}`);
      }
    });

    it(`does so where requests come alike in tens: ${name}`, () => {
      const random = uniformFrom(12);
      for (const [canaryEach, otherEach] of sizes) {
        const part = rejected(
          watches,
          () => ({
            canary: inClusters(draw, 10),
            other: inClusters(draw, 10),
            rule,
            canaryEach,
            otherEach,
            looks: 20,
          }),
          random,
        );
        assert.ok(part < 1e-3, `${canaryEach} and ${otherEach}: ${part}`);
      }
    });
  }

  it("rejects a release that makes six times as many queries within some hundred requests", () => {
    const canary = () => services["two queries each"]() * 6;
    const watch = { canary, other: services["two queries each"], rule, canaryEach: 20, otherEach: 40 };
    const random = uniformFrom(13);
    assert.equal(
      rejected(10, () => ({ ...watch, looks: 20 }), random),
      1,
    );
    assert.equal(
      rejected(10, () => ({ ...watch, looks: 4 }), random),
      0,
    );
  });
});
