import assert from "node:assert/strict";
import { besideFigures, secondsBeforeLast } from "../../../../gate/plan/steps.ts";
import { steps } from "../../../../settings/steps.ts";

const three = steps.parse([
  { share: "1 %", goal: { requests: 100 }, approval: "required" },
  { share: "10 %", goal: { requests: 100, seconds: 60 }, pauseSeconds: 30 },
  { share: "50 %", goal: { requests: 30_000 } },
]);

describe("what a plan says of steps", () => {
  it("is the time of those before the last one: goals at their shares, and pauses", () => {
    // 100 requests at 1 % of 10 a second, then 100 at 10 %, which take longer than 60 s, and the pause.
    assert.equal(secondsBeforeLast(three, 10), 1000 + 100 + 30);
    assert.equal(secondsBeforeLast(three, 100), 100 + 60 + 30);
    assert.equal(secondsBeforeLast(three.slice(0, 1), 10), 0);
    assert.equal(secondsBeforeLast([], 10), 0);
    assert.equal(secondsBeforeLast(three, 0), Number.POSITIVE_INFINITY);
  });

  it("is told beside the figures, with approvals and an extension", () => {
    assert.deepEqual(besideFigures({ steps: three, approval: "required", onInconclusive: "extend" }, 10), [
      "all figures are of the last step, as if it were the only one; what comes before it, 2 steps, is on top: 19 minutes with today's traffic",
      "the last step takes at least 100 minutes with today's traffic, also where the policy is done sooner",
      "2 approvals on top, for as long as people take",
      "where a limit is reached the watch goes on once more as long, which is not in the figures",
    ]);
    const [first = ""] = besideFigures({ steps: three, approval: "none", onInconclusive: "destroy" }, 0);
    assert.match(first, /is on top: no end without traffic$/);
  });

  it("is nothing where there are none", () => {
    assert.deepEqual(besideFigures({ steps: [], approval: "none", onInconclusive: "keep" }, 10), []);
  });
});
