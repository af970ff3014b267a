import assert from "node:assert/strict";
import { isTooFew, standing } from "../../../../gate/act/hold-rollout.ts";
import { allocation, job } from "./production.ts";

const jobOf = (count: number, maxParallel: number) => ({ ...job, count, maxParallel });
const serves = { ...allocation, jobVersion: job.version - 1 };
const starts = { ...allocation, healthy: undefined };

describe("production in the middle of a roll-out", () => {
  it("has instances that serve, of either version, and those of the new one that do not yet", () => {
    const given = [
      serves,
      allocation,
      starts,
      { ...starts, client: "pending" },
      { ...starts, client: "failed" },
      { ...starts, desired: "stop" },
      { ...starts, healthy: false },
      { ...serves, healthy: undefined },
    ];
    assert.deepEqual(standing(job, given), { serving: 3, starting: 2 });
  });

  it("cannot go back at once where that leaves fewer than a roll-out does and fewer than half", () => {
    assert.equal(isTooFew(jobOf(2, 1), 1), true);
    assert.equal(isTooFew(jobOf(2, 1), 2), false);
    assert.equal(isTooFew(jobOf(3, 1), 2), true);
    assert.equal(isTooFew(jobOf(16, 2), 14), false);
    assert.equal(isTooFew(jobOf(16, 2), 9), true);
  });

  it("can where a roll-out leaves none anyway", () => {
    assert.equal(isTooFew(jobOf(1, 1), 0), false);
    assert.equal(isTooFew(jobOf(2, 2), 0), false);
    assert.equal(isTooFew(jobOf(2, 4), 0), false);
  });
});
