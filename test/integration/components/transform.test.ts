import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { transformed, type Transform } from "../../../components/job/transform.ts";
import { canaryOf, serviceOf } from "../../unit/components/descriptions.ts";
import { complaints, placements } from "./nomad.ts";

const shared = { service: "transform-test", task: { driver: "raw_exec" }, count: 2 };

const withDisk =
  (SizeMB: number): Transform =>
  (job) => ({
    ...job,
    TaskGroups: job.TaskGroups.map((group) => ({ ...group, EphemeralDisk: { SizeMB } })),
  });

describe("a transformed job, as a real Nomad sees it", function () {
  this.timeout(40_000);

  const jobs = (change: Transform) => [
    transformed("CanaryJob", renderCanaryJob(canaryOf(shared)), change),
    transformed("ServiceJob", renderServiceJob(serviceOf(shared)), change),
  ];

  it("has what Nomad has and Nary does not name", async () => {
    for (const job of jobs(withDisk(200))) {
      assert.deepEqual(await complaints(job), []);
      assert.deepEqual(Object.values(await placements(job)), [2]);
    }
    // No client has a disk of an exbibyte.
    for (const job of jobs(withDisk(2 ** 40))) await assert.rejects(placements(job), /DimensionExhausted/);
  });
});
