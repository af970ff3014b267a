import assert from "node:assert/strict";
import { releases } from "../../../demo/releases.ts";
import { isAsExpected, jsonLine, table, type Result } from "../../../demo/report.ts";

const rejected = { verdict: "reject", why: "an error", exitCode: 1, requestsWatched: 1_500 } as const;
const good: Result = {
  name: "good",
  verdict: "promote",
  why: "6,905 requests without an error",
  exitCode: 0,
  requestsWatched: 6_905,
  seconds: 50,
  clientErrors: 0,
  lostRequests: 0,
};
const bad: Result = { ...good, ...rejected, name: "bad", clientErrors: 3 };
const crash: Result = { ...good, ...rejected, name: "crash", clientErrors: 4, lostRequests: 1 };

describe("report of the demo", () => {
  it("is content when the good release is promoted and the others are rejected", () => {
    assert.equal(isAsExpected(releases, [good, bad, crash]), true);
  });

  const wrong = {
    "a release is missing": [good, bad],
    "the good one is rejected": [{ ...good, verdict: "reject", exitCode: 1 }, bad, crash],
    "the good one lost a request": [{ ...good, lostRequests: 1 }, bad, crash],
    "the bad one is promoted": [good, { ...bad, verdict: "promote", exitCode: 0 }, crash],
    "an exit status does not fit its verdict": [good, bad, { ...crash, exitCode: 4 }],
    "the gate came to no verdict": [good, { ...bad, verdict: "none" }, crash],
  } satisfies Record<string, Result[]>;
  for (const [why, results] of Object.entries(wrong)) {
    it(`is not content when ${why}`, () => {
      assert.equal(isAsExpected(releases, results), false);
    });
  }

  it("is content only when a release is rejected for what is wrong with it", () => {
    const expected = [{ name: "bad", what: "", faults: "", verdict: "reject", why: /^costs: / }] as const;
    assert.equal(isAsExpected(expected, [{ ...bad, why: "costs: GET / makes 12 queries" }]), true);
    assert.equal(isAsExpected(expected, [{ ...bad, why: "1 error in 12 requests" }]), false);
  });

  it("gives machines the agreed fields and no others", () => {
    assert.deepEqual(JSON.parse(jsonLine([bad], false)), {
      releases: [
        {
          name: "bad",
          verdict: "reject",
          exitCode: 1,
          requestsWatched: 1_500,
          seconds: 50,
          clientErrors: 3,
          lostRequests: 0,
        },
      ],
      ok: false,
    });
  });

  it("gives people a table with a line for each release, in columns", () => {
    const lines = table([good, crash]).split("\n");
    assert.equal(lines.length, 4);
    const column = lines[0]?.indexOf("why");
    assert.equal(lines[2]?.indexOf(good.why), column);
    assert.equal(lines[3]?.indexOf(crash.why), column);
    assert.match(lines[2] ?? "", /^good +promote +6,905 +50\.0 +0 +0 /);
  });
});
