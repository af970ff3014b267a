import assert from "node:assert/strict";
import { minimal, parse, refusal } from "./stack-file.ts";

function parsed(costs: object) {
  const settings = parse({ ...minimal("canary"), gate: { costs } });
  assert.equal(settings.role, "canary");
  return settings.gate.costs;
}

describe("costs in the settings", () => {
  it("are compared unless that is turned off", () => {
    const usual = {
      compare: true,
      factor: 2,
      queries: 3,
      items: 100,
      minRequests: 50,
      afterSeconds: 0,
      allowed: [],
    };
    assert.deepEqual(parsed({}), usual);
    assert.deepEqual(parsed({ compare: "false", factor: "1.5", allowed: ["GET /"] }), {
      ...usual,
      compare: false,
      factor: 1.5,
      allowed: ["GET /"],
    });
  });

  for (const [what, costs, message] of [
    ["a factor below 1", { factor: 0.5 }, /costs\.factor is 0\.5: it must be .* from 1 to 1000/],
    ["one request, which does not vary", { minRequests: 1 }, /minRequests is 1: it must be .* at least 2/],
    ["fewer queries as a limit", { queries: -1 }, /costs\.queries is -1: it must be how many queries/],
    ["a route that is no list", { allowed: "GET /" }, /costs\.allowed is .*it must be a list of routes/],
    [
      "a beginning after the end",
      { afterSeconds: 3600 },
      /costs\.afterSeconds is 3600: it must be below nary:gate\.limitSeconds, which is 3600/,
    ],
    ["an unknown key", { ratio: 2 }, /costs\.ratio is not a setting/],
  ] as const) {
    it(`are refused with ${what}`, () => {
      assert.match(refusal({ gate: { costs } }), message);
    });
  }

  it("have their name for themselves", () => {
    const checks = [{ type: "restarts", name: "costs", noData: "wait" }];
    assert.match(refusal({ gate: { checks } }), /name is "costs": it must not be costs, which is what/);
  });
});
