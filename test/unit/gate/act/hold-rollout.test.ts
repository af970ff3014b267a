import assert from "node:assert/strict";
import { isTooFew, standing } from "../../../../gate/act/hold-rollout.ts";
import type { Allocation, Job } from "../../../../gate/clients/nomad-answers.ts";

const job = (count: number, maxParallel: number): Job => ({
  id: "api",
  stopped: false,
  version: 3,
  createIndex: 7,
  meta: {},
  count,
  maxParallel,
});
const serves: Allocation = {
  id: "0f2c6c5e-1111-2222-3333-444455556666",
  node: "one",
  jobVersion: 2,
  client: "running",
  clientWhy: "",
  desired: "run",
  desiredWhy: "",
  tasks: {},
  healthy: true,
};
const starts: Allocation = { ...serves, jobVersion: 3, healthy: undefined };

describe("production in the middle of a roll-out", () => {
  it("has instances that serve, of either version, and those of the new one that do not yet", () => {
    const given = [
      serves,
      { ...serves, jobVersion: 3 },
      starts,
      { ...starts, client: "pending" },
      { ...starts, client: "failed" },
      { ...starts, desired: "stop" },
      { ...starts, healthy: false },
      { ...serves, healthy: undefined },
    ];
    assert.deepEqual(standing(job(8, 1), given), { serving: 3, starting: 2 });
  });

  it("cannot go back at once where that leaves fewer than a roll-out does and fewer than half", () => {
    assert.equal(isTooFew(job(2, 1), 1), true);
    assert.equal(isTooFew(job(2, 1), 2), false);
    assert.equal(isTooFew(job(3, 1), 2), true);
    assert.equal(isTooFew(job(16, 2), 14), false);
    assert.equal(isTooFew(job(16, 2), 9), true);
  });

  it("can where a roll-out leaves none anyway", () => {
    assert.equal(isTooFew(job(1, 1), 0), false);
    assert.equal(isTooFew(job(2, 2), 0), false);
    assert.equal(isTooFew(job(2, 4), 0), false);
  });
});
