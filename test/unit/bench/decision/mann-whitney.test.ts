import assert from "node:assert/strict";
import fc from "fast-check";
import { zeroOf } from "../../../../bench/decision/peers/brent.ts";
import { mannWhitneyScore, shiftAt } from "../../../../bench/decision/peers/mann-whitney.ts";

const ascending = (values: readonly number[]) => values.toSorted((one, other) => one - other);

/** By its definition: a pair for each x and y, and the variance of ranks that are averaged over ties. */
function scoreByPairs(x: readonly number[], y: readonly number[], shift: number): number {
  const moved = x.map((value) => value - shift);
  const pairs = moved.flatMap((one) => y.map((other) => (Math.sign(one - other) + 1) / 2));
  const difference = pairs.reduce((sum, pair) => sum + pair, 0) - pairs.length / 2;
  const all = [...moved, ...y];
  const ranks = all.map(
    (value) =>
      all.filter((other) => other < value).length + (all.filter((other) => other === value).length + 1) / 2,
  );
  const middle = (all.length + 1) / 2;
  const spread = ranks.reduce((sum, rank) => sum + (rank - middle) ** 2, 0) / (all.length - 1);
  const variance = (pairs.length / all.length) * spread;
  return (difference - Math.sign(difference) / 2) / Math.sqrt(variance);
}

const counts = fc.array(fc.nat(6), { minLength: 1, maxLength: 12 });

describe("the score of the Mann–Whitney test", () => {
  it("is that of all pairs, with ties", () => {
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: -3, max: 3 }), (x, y, shift) => {
        const score = mannWhitneyScore(ascending(x), ascending(y), shift);
        const expected = scoreByPairs(x, y, shift);
        if (Number.isNaN(score)) assert.equal(new Set([...x.map((value) => value - shift), ...y]).size, 1);
        else assert.ok(Math.abs(score - expected) < 1e-9, `${score} is not ${expected}`);
      }),
    );
  });

  it("is that of a published example", () => {
    // Hollander and Wolfe (1973), permeability of membranes: W = 35 of 50 pairs.
    const x = [0.73, 0.8, 0.83, 1.04, 1.38, 1.45, 1.46, 1.64, 1.89, 1.91];
    const y = [0.74, 0.88, 0.9, 1.15, 1.21];
    assert.ok(Math.abs(mannWhitneyScore(x, y, 0) - 9.5 / Math.sqrt(200 / 3)) < 1e-12);
  });
});

describe("the difference of two sides", () => {
  it("is estimated in the middle of all differences", () => {
    // As Kayenta has it in its own tests.
    const x = [10, 20, 30, 40];
    const y = [1, 2, 3, 4];
    assert.equal(shiftAt(0, x, y), 22.5);
    assert.equal(shiftAt(1.959963984540054, x, y), 6);
    assert.equal(shiftAt(-1.959963984540054, x, y), 39);
  });

  it("is where the score goes through the value", () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(values, values, fc.double({ min: -2, max: 2, noNaN: true }), (x, y, score) => {
        const [sortedX, sortedY] = [ascending(x), ascending(y)];
        const low = (sortedX[0] ?? 0) - (sortedY.at(-1) ?? 0);
        const high = (sortedX.at(-1) ?? 0) - (sortedY[0] ?? 0);
        if (!(mannWhitneyScore(sortedX, sortedY, low) > score)) return;
        if (!(mannWhitneyScore(sortedX, sortedY, high) < score)) return;
        const shift = shiftAt(score, sortedX, sortedY);
        assert.ok(mannWhitneyScore(sortedX, sortedY, shift - 1e-3) >= score);
        assert.ok(mannWhitneyScore(sortedX, sortedY, shift + 1e-3) <= score);
      }),
    );
  });
});

describe("a zero of a function", () => {
  for (const [name, f, zero] of [
    ["line", (x: number) => 3 - 2 * x, 1.5],
    ["curve", (x: number) => 10 - x ** 3, Math.cbrt(10)],
    ["jump", (x: number) => (x < Math.E ? 7 : -1), Math.E],
    ["flat curve", (x: number) => (2 - x) ** 9, 2],
  ] as const) {
    it(`is found for a ${name}`, () => {
      const found = zeroOf(f, -4, 9);
      assert.ok(Math.abs(found - zero) <= (name === "flat curve" ? 0.1 : 1e-4), `${found} is not ${zero}`);
    });
  }

  it("is an end where it is one", () => {
    assert.equal(
      zeroOf((x) => x, 0, 3),
      0,
    );
    assert.equal(
      zeroOf((x) => x - 3, 0, 3),
      3,
    );
  });
});
