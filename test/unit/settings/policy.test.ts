import assert from "node:assert/strict";
import { allowedAt, allowedErrors } from "../../../settings/allowed-errors.ts";
import { parse, minimal, refusal } from "./stack-file.ts";

const policyOf = (policy: object) => {
  const settings = parse({ ...minimal("canary"), policy });
  return settings.role === "canary" ? settings.policy : undefined;
};

describe("a policy", () => {
  it("has a default for each of its settings", () => {
    assert.deepEqual(policyOf({ type: "error-budget" }), {
      type: "error-budget",
      acceptable: 0.001,
      unacceptable: 0.01,
      alpha: 0.01,
      beta: 0.05,
      maxRequests: 1_000_000,
      phi: 1,
    });
    assert.deepEqual(policyOf({ type: "baseline" }), {
      type: "baseline",
      alpha: 0.01,
      beta: 0.05,
      margin: 2,
      bound: { errorRate: 0.001, confidence: 0.99 },
      minRequests: 1000,
      minSeconds: 60,
      maxRequests: 1_000_000,
      phi: 1,
    });
  });

  const refused: readonly (readonly [object, RegExp])[] = [
    [{ type: "guess" }, /nary:policy.* one of: zero-errors, error-budget, baseline\. Mend/],
    [
      { type: "error-budget", acceptable: 0.01 },
      /nary:policy\.acceptable is 0\.01: it must be below nary:policy\.unacceptable, which is 0\.01\. Mend/,
    ],
    [
      { type: "error-budget", maxRequests: 331 },
      /nary:policy\.maxRequests is 331: it must be at least 332, /,
    ],
    [
      { type: "error-budget", alpha: 1 },
      /nary:policy\.alpha is 1: it must be the most probability .* above 0 and below 1/,
    ],
    [
      { type: "error-budget", phi: 0.5 },
      /nary:policy\.phi is 0\.5: it must be the most failures that come together, a number from 1/,
    ],
    [
      { type: "baseline", margin: 1 },
      /nary:policy\.margin is 1: it must be how many times .* from 1\.01 to 1000/,
    ],
    [
      { type: "baseline", bound: { confidence: 2 } },
      /nary:policy\.bound\.confidence is 2: it must be the confidence/,
    ],
    [
      { type: "baseline", maxRequests: 999 },
      /nary:policy\.maxRequests is 999: it must be at least nary:policy\.minRequests, which is 1000/,
    ],
    [
      { type: "baseline", maxRequests: 4602 },
      /nary:policy\.maxRequests is 4602: it must be at least 4603, which nary:policy\.bound/,
    ],
    [
      { type: "baseline", maxSeconds: 59 },
      /nary:policy\.maxSeconds is 59: it must be at least nary:policy\.minSeconds, which is 60/,
    ],
    [{ type: "baseline", errorRate: 0.1 }, /nary:policy\.errorRate is not a setting/],
  ];
  for (const [policy, sentence] of refused) {
    it(`that cannot be used is refused: ${JSON.stringify(policy)}`, () => {
      assert.match(refusal({ policy }), sentence);
    });
  }

  it("takes the least requests that can decide", () => {
    assert.equal(policyOf({ type: "error-budget", maxRequests: 332 })?.type, "error-budget");
    assert.equal(policyOf({ type: "baseline", maxRequests: 4603 })?.type, "baseline");
  });
});

describe("allowed errors in the settings", () => {
  const known = { fingerprint: "E1", reason: "being mended", until: "2027-03-31" };

  it("are allowed on their last day, in UTC, and not on the next", () => {
    assert.deepEqual(allowedAt([known], new Date("2027-03-31T23:59:59.999Z")), [known]);
    assert.deepEqual(allowedAt([known], new Date("2027-04-01T00:00:00Z")), []);
  });

  it("take a date as Pulumi hands it out of a file without quotes", () => {
    for (const until of ["2027-03-31 00:00:00 +0000 UTC", "2027-03-31T00:00:00Z"]) {
      assert.deepEqual(allowedErrors.parse([{ ...known, until }]), [known]);
    }
  });

  const refused: readonly (readonly [unknown, RegExp])[] = [
    ["E1", /nary:gate\.allowedErrors is "E1": it must be a list of allowed errors/],
    [
      [{ ...known, until: "soon" }],
      /allowedErrors\[0\]\.until is "soon": it must be the last day .* such as 2027-03-31/,
    ],
    [[{ ...known, reason: " " }], /allowedErrors\[0\]\.reason is " ": it must be the reason why/],
    [[{ fingerprint: "E1", until: known.until }], /allowedErrors\[0\]\.reason is missing/],
    [[known, known], /allowedErrors\[1\]\.fingerprint is "E1": it must be there only once/],
  ];
  for (const [list, sentence] of refused) {
    it(`that cannot be used are refused: ${JSON.stringify(list).slice(0, 60)}`, () => {
      assert.match(refusal({ gate: { allowedErrors: list } }), sentence);
    });
  }
});
