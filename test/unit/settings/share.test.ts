import assert from "node:assert/strict";
import fc from "fast-check";
import {
  basisPoints,
  nearestWeights,
  percentage,
  possibleShares,
  share,
  shareOf,
  weightsFor,
  type Sides,
} from "../../../settings/share.ts";
import { parse, minimal, withSetting } from "./stack-file.ts";

const of = (text: string) => share.parse(text);
const counts = fc.record({
  stable: fc.integer({ min: 1, max: 12 }),
  canaries: fc.integer({ min: 1, max: 12 }),
});
const parts = fc.integer({ min: 1, max: 9900 });

/** Every pair of weights that does not give more than asked, looked at one by one. */
function nearestBelow(asked: number, sides: Sides): number {
  let best = 0;
  for (let canary = 1; canary <= 256; canary++) {
    for (let stable = 1; stable <= 256; stable++) {
      const given = shareOf({ canary, stable }, sides);
      if (given <= asked + 1e-12 && given > best) best = given;
    }
  }
  return best;
}

describe("a share", () => {
  it("is a percentage with two decimals at most", () => {
    for (const [text, points] of [
      ["5 %", 500],
      ["5%", 500],
      ["0.5 %", 50],
      ["0.01 %", 1],
      ["99 %", 9900],
    ] as const) {
      assert.equal(basisPoints(of(text)), points, text);
    }
    for (const text of [
      "",
      "5",
      5,
      "0 %",
      "0.00%",
      "0.001 %",
      "99.5 %",
      "100 %",
      "-5 %",
      "5 percent",
      "5 %\n",
      " 5 %",
      "1e1 %",
    ]) {
      assert.throws(() => share.parse(text), /a percentage such as 5 %, from 0.01 % to 99 %/, String(text));
    }
  });

  it("keeps what was written, however it is written", () => {
    fc.assert(fc.property(parts, (points) => basisPoints(of(percentage(points / 10_000))) === points));
  });

  it("is a setting of the canary's alone", () => {
    const settings = parse(withSetting(minimal("canary"), "share", "5 %"));
    assert.equal(settings.role === "canary" && settings.share, 0.05);
    assert.throws(
      () => parse(withSetting(minimal("canary"), "share", "0.05")),
      /nary:share is 0.05: it must be a percentage/,
    );
    assert.throws(
      () => parse(withSetting(minimal("production"), "share", "5 %")),
      /nary:share is not a setting/,
    );
  });
});

describe("the weights for a share of canaries and twins", () => {
  const beside = fc.record({
    stable: fc.integer({ min: 1, max: 12 }),
    both: fc.integer({ min: 1, max: 12 }),
  });
  const few = fc.integer({ min: 1, max: 4900 });

  it("are the nearest that do not give the canaries more than asked", () => {
    fc.assert(
      fc.property(few, beside, (points, { stable, both }) => {
        const sides = { stable, canaries: both, twins: both };
        const weights = nearestWeights(points, sides);
        const below = nearestBelow(points / 10_000, sides);
        if (below === 0) assert.deepEqual(weights, { canary: 1, stable: 256 });
        else assert.ok(Math.abs(shareOf(weights, sides) - below) < 1e-12, JSON.stringify(weights));
      }),
      { numRuns: 40 },
    );
  });

  it("give neither side more than asked where one has lost servers", () => {
    const lost = fc.record({
      points: few,
      stable: fc.integer({ min: 1, max: 12 }),
      most: fc.integer({ min: 2, max: 8 }),
    });
    fc.assert(
      fc.property(lost, fc.integer({ min: 1, max: 7 }), ({ points, stable, most }, fewer) => {
        const least = Math.min(fewer, most);
        for (const sides of [
          { stable, canaries: least, twins: most },
          { stable, canaries: most, twins: least },
        ]) {
          const weights = nearestWeights(points, sides);
          if (weights.canary === 1 && weights.stable === 256) continue;
          const twins = { ...sides, canaries: sides.twins, twins: sides.canaries };
          assert.ok(shareOf(weights, sides) <= points / 10_000 + 1e-12);
          assert.ok(shareOf(weights, twins) <= points / 10_000 + 1e-12);
        }
      }),
    );
  });

  it("are weights of HAProxy, for any number of servers and any share", () => {
    const many = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(parts, many, many, many, (points, stable, canaries, twins) => {
        for (const weight of Object.values(nearestWeights(points, { stable, canaries, twins }))) {
          assert.ok(Number.isInteger(weight) && weight >= 1 && weight <= 256, String(weight));
        }
      }),
    );
  });

  it("are none for a half and more", () => {
    const sides = { stable: 4, canaries: 2, twins: 2 };
    assert.equal(weightsFor({ share: of("60 %"), ...sides }), undefined);
    assert.ok(weightsFor({ share: of("40 %"), ...sides }));
  });
});

describe("the weights for a share", () => {
  it("are the nearest that do not give more than asked", () => {
    fc.assert(
      fc.property(parts, counts, (points, sides) => {
        const asked = points / 10_000;
        const weights = nearestWeights(points, sides);
        const below = nearestBelow(asked, sides);
        if (below === 0) assert.deepEqual(weights, { canary: 1, stable: 256 });
        else assert.ok(Math.abs(shareOf(weights, sides) - below) < 1e-12, JSON.stringify(weights));
      }),
      { numRuns: 60 },
    );
  });

  it("are weights of HAProxy, for any number of servers", () => {
    const many = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(parts, many, many, (points, stable, canaries) => {
        for (const weight of Object.values(nearestWeights(points, { stable, canaries }))) {
          assert.ok(Number.isInteger(weight) && weight >= 1 && weight <= 256, String(weight));
        }
      }),
    );
  });

  it("give 5 % whatever the counts are", () => {
    for (const [stable, canaries] of [
      [3, 1],
      [6, 2],
      [16, 8],
      [1, 8],
      [40, 1],
      [1, 1],
    ] as const) {
      const weights = weightsFor({ share: of("5 %"), stable, canaries });
      assert.ok(weights !== undefined);
      const given = shareOf(weights, { stable, canaries });
      assert.ok(given >= 0.045 && given <= 0.05, `${given}`);
    }
  });

  it("are none where they would be more than a tenth away", () => {
    assert.equal(weightsFor({ share: of("0.1 %"), stable: 1, canaries: 8 }), undefined);
    assert.equal(weightsFor({ share: of("99 %"), stable: 100, canaries: 1 }), undefined);
    fc.assert(
      fc.property(parts, counts, (points, sides) => {
        const asked = of(percentage(points / 10_000));
        const weights = weightsFor({ share: asked, ...sides });
        if (weights === undefined) return;
        assert.ok(Math.abs(shareOf(weights, sides) / asked - 1) <= 0.1 + 1e-9);
      }),
    );
  });

  it("exist from the least to the most share that is told", () => {
    const sides = { stable: 1, canaries: 8 };
    const { least, most } = possibleShares(sides);
    assert.deepEqual({ least, most }, { least: "3.04 %", most: "99 %" });
    assert.ok(weightsFor({ share: of(least), ...sides }) && weightsFor({ share: of(most), ...sides }));
  });
});
