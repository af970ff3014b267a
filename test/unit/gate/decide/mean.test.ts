import assert from "node:assert/strict";
import { deviationOf, meanOf, radius } from "../../../../gate/decide/mean.ts";

describe("the mean of a sample", () => {
  it("has the deviation of one request, and none where rounding has made it negative", () => {
    const sample = { requests: 4, sum: 20, squares: 120 };
    assert.equal(meanOf(sample), 5);
    assert.equal(deviationOf(sample).toFixed(6), Math.sqrt(20 / 3).toFixed(6));
    assert.equal(deviationOf({ requests: 3, sum: 3e9, squares: 3e18 - 1024 }), 0);
  });

  it("is told as close as the source has it", () => {
    // By hand from the formula, with ρ² = (ln(1e4) + ln(1 + ln(1e4))) / 200.
    const [n, delta, rhoSquared] = [1000, 0.01, 0.05771];
    const t = n * rhoSquared + 1;
    const expected = Math.sqrt(((2 * t) / (n * n * rhoSquared)) * Math.log(1 + Math.sqrt(t) / (2 * delta)));
    assert.ok(Math.abs(radius(n, delta) / expected - 1) < 1e-4, `${radius(n, delta)} ${expected}`);
  });

  it("is closer with more requests, and further off where less may go wrong", () => {
    const sizes = [2, 10, 50, 200, 1000, 1e5, 1e9];
    const radii = sizes.map((size) => radius(size, 1e-6));
    assert.deepEqual(
      radii,
      radii.toSorted((one, other) => other - one),
    );
    assert.ok(radius(100, 1e-6) > radius(100, 1e-3));
  });
});
