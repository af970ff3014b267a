import assert from "node:assert/strict";
import { ServiceJob, type ServiceJobArgs } from "../../../components/service-job.ts";
import { liveJob, scaleOutside, stopOutside } from "../../integration/plugins/nomad-api.ts";
import { newStack, type TestStack } from "../../integration/plugins/stack.ts";

const service = "autoscaled-test";

const declare = (changes: Partial<ServiceJobArgs>) => () => {
  new ServiceJob(service, {
    environment: "default",
    service,
    release: "/bin/sleep",
    count: 1,
    cpu: 10,
    memory: 10,
    shutdownDelaySeconds: 0,
    task: { driver: "raw_exec", args: ["600"] },
    update: { maxParallel: 10, minHealthySeconds: 0, healthySeconds: 60 },
    // Nothing listens, and nobody waits for it.
    transform: (job) => ({
      ...job,
      TaskGroups: job.TaskGroups.map((group) => ({
        ...group,
        Services: group.Services?.map((each) => ({ ...each, Checks: [] })) ?? [],
      })),
    }),
    ...changes,
  });
  return Promise.resolve();
};

describe("production whose count is an autoscaler's", function () {
  this.timeout(120_000);
  let stack: TestStack;

  before(async () => {
    stack = await newStack();
  });

  after(() => stopOutside(service, true));

  it("keeps it when all else changes, and has the declared one otherwise", async () => {
    const count = async () => (await liveJob(service))?.TaskGroups[0]?.Count;
    await stack.up(declare({ autoscaled: true }));
    assert.equal(await count(), 1);
    await scaleOutside(service, `${service}-group`, 3);
    const { steps } = await stack.up(declare({ autoscaled: true, cpu: 11 }), { refresh: true });
    assert.ok(steps.some(({ name, op }) => name === service && op === "update"));
    assert.equal(await count(), 3);
    await stack.up(declare({ autoscaled: false, cpu: 12 }), { refresh: true });
    assert.equal(await count(), 1);
  });
});
