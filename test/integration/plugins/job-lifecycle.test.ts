import assert from "node:assert/strict";
import * as nomad from "@pulumi/nomad";
import { sleepJob, sleepJobHcl } from "./job.ts";
import { liveJob, registerOutside, scaleOutside, stopOutside } from "./nomad-api.ts";
import { newStack, type TestStack } from "./stack.ts";

const id = "plugins-lifecycle";

const declare = (job: unknown) => () => {
  const { name, namespace, type, status, modifyIndex, taskGroups } = new nomad.Job("job", {
    jobspec: JSON.stringify({ Job: job }),
    json: true,
    purgeOnDestroy: true,
  });
  return Promise.resolve({ name, namespace, type, status, modifyIndex, taskGroups });
};

const update = [{ name: "job", op: "update", diffs: ["jobspec"] }];
const same = [{ name: "job", op: "same", diffs: [] }];

describe("nomad.Job", () => {
  let stack: TestStack;

  before(async function () {
    this.timeout(300_000);
    stack = await newStack();
  });

  after(async () => {
    await stack.destroy();
    await stopOutside(id, true);
  });

  it("registers the job and tells what Nomad says of it", async () => {
    const { steps } = await stack.up(declare(sleepJob(id, 1)));
    assert.deepEqual(steps, [{ name: "job", op: "create", diffs: [] }]);
    const { name, namespace, type, taskGroups } = await stack.outputs();
    assert.deepEqual({ name, namespace, type }, { name: id, namespace: "default", type: "service" });
    assert.match(JSON.stringify(taskGroups), /"count":1.*"name":"sleepers".*"driver":"raw_exec"/);
    assert.equal((await liveJob(id))?.TaskGroups[0]?.Count, 1);
  });

  it("has nothing to change when the same job is written differently, or its status has changed", async () => {
    const { ID, ...rest } = sleepJob(id, 1);
    assert.deepEqual((await stack.up(declare({ ...rest, ID }))).steps, same);
    const { steps } = await stack.refresh();
    assert.deepEqual(steps, [{ name: "job", op: "refresh", diffs: [] }, ...same]);
    const program = () => {
      new nomad.Job("job", { jobspec: sleepJobHcl(id, 1), purgeOnDestroy: true });
      return Promise.resolve();
    };
    assert.deepEqual((await stack.preview(program)).steps, [{ name: "job", op: "update", diffs: ["json"] }]);
  });

  it("changes the job in place", async () => {
    assert.deepEqual((await stack.up(declare(sleepJob(id, 2)))).steps, update);
    const live = await liveJob(id);
    assert.deepEqual([live?.Version, live?.TaskGroups[0]?.Count], [1, 2]);
  });

  it("shows what someone has changed, and puts it back", async () => {
    await scaleOutside(id, "sleepers", 3);
    const { steps } = await stack.refresh();
    assert.deepEqual(steps.at(-1), update[0]);
    assert.match(await stack.state(), /\\"Count\\":3/);
    assert.deepEqual((await stack.up(declare(sleepJob(id, 2)))).steps, update);
    assert.equal((await liveJob(id))?.TaskGroups[0]?.Count, 2);
  });

  it("refuses to change a job that someone has changed since the last refresh", async () => {
    await registerOutside(sleepJob(id, 4));
    await assert.rejects(
      stack.up(declare(sleepJob(id, 1))),
      /job modify index has changed since last refresh/,
    );
    assert.equal((await liveJob(id))?.TaskGroups[0]?.Count, 4);
    assert.deepEqual((await stack.up(declare(sleepJob(id, 1)), { refresh: true })).steps.at(-1), update[0]);
  });

  it("creates a job again that someone has stopped", async () => {
    await stopOutside(id, false);
    const { steps } = await stack.up(declare(sleepJob(id, 1)), { refresh: true });
    assert.deepEqual(steps.at(-1), { name: "job", op: "create", diffs: [] });
    assert.equal((await liveJob(id))?.Stop, false);
  });

  it("deregisters the old job when the ID changes, and all of it when destroyed", async () => {
    const renamed = `${id}-renamed`;
    const { steps } = await stack.up(declare(sleepJob(renamed, 1)));
    assert.ok(steps.some(({ op }) => op === "replace"));
    assert.equal(await liveJob(id), undefined);
    assert.equal((await liveJob(renamed))?.Stop, false);
    await stack.destroy();
    assert.equal(await liveJob(renamed), undefined);
  });
});
