import assert from "node:assert/strict";
import { aimOf } from "../../../../gate/decide/aim.ts";
import { policy } from "../../../../settings/policy.ts";

describe("what a policy asks for", () => {
  const said = (given: object) => aimOf(policy.parse(given), "twin");

  it("is told in a few words", () => {
    assert.equal(said({ type: "zero-errors", requests: 75_000 }), "zero errors in 75000 requests");
    assert.equal(said({ type: "error-budget" }), "an error rate of 1e-3 rather than 1e-2");
    assert.equal(said({ type: "baseline" }), "an error rate less than 2 times that of twin");
  });
});
