import assert from "node:assert/strict";
import type { Evidence } from "../../../../gate/decide/verdict.ts";
import type { Event } from "../../../../gate/tell/events.ts";
import { lineOf } from "../../../../gate/tell/lines.ts";

const evidence: Evidence = {
  seconds: 61.4,
  canary: { requests: 69_075, failed: 0, errors: 0 },
  other: null,
  clientErrors: 0,
  allowed: [],
  unknown: [],
};

const promotion: Extract<Event, { event: "verdict" }> = {
  event: "verdict",
  verdict: "promote",
  rule: "zero-errors: goal",
  why: "69075 requests without an error",
  requests: 69_075,
  errors: 0,
  proves: [{ type: "rate", errorRate: 1e-4, confidence: 0.999 }],
  evidence,
};

const told = (event: Event) => (lineOf(event, false) ?? "").split("\n");

describe("a verdict for people", () => {
  it("says what is proved, which rule decided, and what was seen", () => {
    assert.deepEqual(told(promotion), [
      "promote: 69075 requests without an error",
      "  decided by   zero-errors: goal, after 61 s with traffic",
      "  proved       error rate ≤ 1e-4 with 99.9 % confidence",
      "  canary       69075 requests, 0 failed, 0 errors",
      "  clients      got 0 failed answers from canaries",
    ]);
  });

  it("says what it was compared with, what was allowed, and what was not known", () => {
    const lines = told({
      ...promotion,
      proves: [{ type: "ratio", margin: 2, confidence: 0.95 }],
      evidence: {
        ...evidence,
        other: { requests: 200, failed: 1, errors: 2 },
        clientErrors: null,
        allowed: [{ fingerprint: "abc", reason: "known since May", errors: 1 }],
        unknown: ["What HAProxy counts: none is registered."],
      },
    });
    for (const line of [
      "  proved       fails less than 2 times as often, with 95 % confidence",
      "  compared     200 requests, 1 failed, 2 errors",
      "  clients      no HAProxy could be asked how many failed answers of canaries they got",
      "  allowed      1 error with the fingerprint abc: known since May",
      "  not known    What HAProxy counts: none is registered.",
    ])
      assert.ok(lines.includes(line), lines.join("\n"));
  });
});
