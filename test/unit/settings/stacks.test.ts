import assert from "node:assert/strict";
import { SettingsError } from "../../../settings/errors.ts";
import { environmentOf } from "../../../settings/stacks.ts";

describe("a stack's name", () => {
  it("tells environment and role", () => {
    const told = (stack: string) => {
      const { environment, role } = environmentOf(stack);
      return [environment.name, role, environment.canary, environment.twin, environment.production];
    };
    assert.deepEqual(told("canary"), ["default", "canary", "canary", "twin", "production"]);
    assert.deepEqual(told("production"), ["default", "production", "canary", "twin", "production"]);
    assert.deepEqual(told("local-canary"), [
      "local",
      "canary",
      "local-canary",
      "local-twin",
      "local-production",
    ]);
    assert.deepEqual(told("a-twin"), ["a", "twin", "a-canary", "a-twin", "a-production"]);
    assert.deepEqual(told("me/nary/a-b-production"), [
      "a-b",
      "production",
      "a-b-canary",
      "a-b-twin",
      "a-b-production",
    ]);
  });

  for (const stack of [
    "staging",
    "",
    "-canary",
    "canary-",
    "mycanary",
    "a b-canary",
    "production/",
    "canary-blue",
    "api-twins",
  ]) {
    it(`${JSON.stringify(stack)} has no role`, () => {
      assert.throws(() => environmentOf(stack), SettingsError);
    });
  }
});
