import assert from "node:assert/strict";
import { troubleIn } from "../../../../gate/act/production-trouble.ts";
import type { Allocation, Job } from "../../../../gate/clients/nomad-answers.ts";

const job: Job = {
  id: "api",
  stopped: false,
  version: 3,
  createIndex: 7,
  meta: {},
  count: 2,
  maxParallel: 1,
};

function allocation(given: Partial<Allocation>): Allocation {
  return {
    id: "11111111-2222-3333-4444-555555555555",
    node: "here",
    jobVersion: 3,
    client: "running",
    clientWhy: "",
    desired: "run",
    desiredWhy: "",
    healthy: true,
    tasks: {},
    ...given,
  };
}

describe("production that fails already", () => {
  it("is one whose job is not registered, or was stopped", () => {
    assert.deepEqual(troubleIn(undefined, []), { why: "its job is not registered", serving: 0 });
    assert.equal(troubleIn({ ...job, stopped: true }, [])?.why, "its job is not registered");
  });

  it("is one of which fewer instances run than are to", () => {
    assert.deepEqual(troubleIn(job, [allocation({})]), {
      why: "1 of 2 instances run and are healthy",
      serving: 1,
    });
    for (const given of [
      { client: "failed" },
      { healthy: false },
      { desired: "stop" },
      { client: "pending" },
    ] as const)
      assert.equal(troubleIn(job, [allocation({}), allocation(given)])?.serving, 1);
  });

  it("is not one whose instances all run, also those of a version before", () => {
    assert.equal(troubleIn(job, [allocation({}), allocation({ jobVersion: 2 })]), undefined);
    assert.equal(troubleIn(job, [allocation({}), allocation({ healthy: undefined })]), undefined);
    assert.equal(troubleIn(job, [allocation({}), allocation({}), allocation({ jobVersion: 2 })]), undefined);
  });
});
