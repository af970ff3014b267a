import type { Allocation, Job } from "../../../../gate/clients/nomad-answers.ts";

/** Production's job in the middle of its roll-outs. */
export const job: Job = {
  id: "api",
  stopped: false,
  version: 3,
  createIndex: 7,
  meta: { nary_release: "api:2" },
  count: 4,
  maxParallel: 1,
};

/** An instance of the job's newest version that serves. */
export const allocation: Allocation = {
  id: "0f2c6c5e-1111-2222-3333-444455556666",
  node: "one",
  jobVersion: 3,
  client: "running",
  clientWhy: "",
  desired: "run",
  desiredWhy: "",
  tasks: {},
  healthy: true,
};
