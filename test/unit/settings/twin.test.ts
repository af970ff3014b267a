import assert from "node:assert/strict";
import { SettingsError } from "../../../settings/errors.ts";
import { parseSettings } from "../../../settings/parse.ts";
import { configuration, minimal, parse, refusal } from "./stack-file.ts";

const baseline = { policy: { type: "baseline" } };

describe("a twin", () => {
  it("is asked for in the canary's settings, under the policy that compares", () => {
    const settings = parse({ ...minimal("canary"), ...baseline, twin: true });
    assert.equal(settings.role === "canary" && settings.twin, true);
    const without = parse(minimal("canary"));
    assert.equal(without.role === "canary" && without.twin, false);
  });

  for (const type of ["zero-errors", "error-budget"]) {
    it(`is refused under ${type}, which compares with nothing`, () => {
      assert.match(
        refusal({ twin: true, policy: { type } }),
        /^Pulumi\.canary\.yaml: nary:twin is true: it must be false unless nary:policy\.type is baseline/,
      );
    });
  }

  it("is no setting of production", () => {
    const file = configuration({ ...minimal("production"), twin: true });
    assert.throws(() => parseSettings("production", file), /nary:twin is not a setting of the role/);
  });

  it("has the canary's settings, all but the role", () => {
    const canary = { ...minimal("canary"), ...baseline, twin: true, share: "5 %", cpu: 500 };
    assert.deepEqual({ ...parse({ ...canary, role: "twin" }), role: "canary" }, parse(canary));
  });

  it("has none by itself: whoever brings its stack up by hand is told who does it", () => {
    assert.throws(
      () => parseSettings("eu-twin", { "consul:address": "consul.example" }),
      (error) => {
        assert.ok(error instanceof SettingsError);
        assert.equal(
          error.message,
          "The stack eu-twin has no settings of its own: `nary release IMAGE -s eu-canary` brings it up and takes it " +
            "away with those of eu-canary, where nary:twin is true.",
        );
        return true;
      },
    );
  });

  it("is no role of a stack that is called otherwise", () => {
    assert.throws(
      () => parseSettings("canary", configuration({ ...minimal("canary"), role: "twin" })),
      /nary:role is twin, but the stack's name says canary/,
    );
  });
});
