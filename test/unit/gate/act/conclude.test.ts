import assert from "node:assert/strict";
import { afterPromotion } from "../../../../gate/act/conclude.ts";
import type { Decided } from "../../../../gate/journal/entry.ts";
import { release } from "../../../../settings/names.ts";

const ending: Decided = {
  past: {
    version: 1,
    release: release.parse("api:2"),
    verdict: "promote",
    why: "100 requests without an error",
    requests: 100,
    errors: 0,
    seconds: 9,
    at: "2026-01-02T03:04:05.000Z",
  },
  exitCode: 0,
};

describe("the end of a release that was decided to be promoted", () => {
  it("is the one that was decided where production runs it", () => {
    assert.deepEqual(afterPromotion(ending, { type: "promoted" }), ending);
  });

  it("is a rejection by an error during the roll-out, and else inconclusive and broken; both say where production is", () => {
    const production = "production is back on api:1";
    for (const [type, verdict, exitCode, why] of [
      ["rejected", "reject", 1, "during the roll-out: 1 error; production is back on api:1"],
      ["failed", "inconclusive", 4, "the roll-out failed: 1 error; production is back on api:1"],
    ] as const)
      assert.deepEqual(afterPromotion(ending, { type, why: "1 error", production }), {
        past: { ...ending.past, verdict, why },
        exitCode,
      });
  });
});
