import assert from "node:assert/strict";
import { nothing } from "../../../../gate/witness/stats.ts";
import { countsOf, noTotals, seen } from "../../../../gate/witness/totals.ts";

/** What HAProxy 2.6 counts of a canary's ten answers. */
function countsWith(counts: Partial<typeof nothing>) {
  const row = { ...nothing, ...counts, answers: 10, backend: "api", server: "canary_192.0.2.1_80" };
  const rows = [row, { ...row, server: "BACKEND" }];
  return countsOf(seen(noTotals, "life", [], rows), noTotals, "canary");
}

describe("what HAProxy counts of answers that end early", () => {
  const ten = { requests: 10, serverErrors: 0, brokenAnswers: 10, clientErrors: 10 };

  it("has each once that the server cut", () => {
    assert.deepEqual(countsWith({ brokenAnswers: 10, cutAnswers: 10 }), ten);
  });

  it("has those in which the server fell silent, which are counted as cut alone", () => {
    assert.deepEqual(countsWith({ cutAnswers: 10 }), ten);
  });
});
