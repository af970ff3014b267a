import assert from "node:assert/strict";
import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { sleepJob, sleepJobHcl } from "./job.ts";
import { liveJob, registerOutside, scaleOutside, stopOutside } from "./nomad-api.ts";
import { stackForTests } from "./stack.ts";

const id = "plugins-details";

type Args = Omit<nomad.JobArgs, "jobspec">;

const declareJson = (job: unknown, args: Args = {}, opts: pulumi.CustomResourceOptions = {}) =>
  declare(JSON.stringify(job), { json: true, ...args }, opts);

function declare(jobspec: pulumi.Input<string>, args: Args = {}, opts: pulumi.CustomResourceOptions = {}) {
  return () => {
    new nomad.Job("job", { jobspec, purgeOnDestroy: true, ...args }, opts);
    return Promise.resolve();
  };
}

describe("nomad.Job in detail", () => {
  const stack = stackForTests(async () => {
    for (const job of [id, `${id}-first`]) await stopOutside(job, true);
  });

  it("says in a preview which property is wrong, and what Nomad has against it", async () => {
    const invalid = { ...sleepJob(id, 1), Priority: 1_000_000 };
    await assert.rejects(
      stack.preview(declareJson(invalid)),
      /jobspec: Nomad does not accept.*priority must be/is,
    );
    await assert.rejects(stack.preview(declare(`job "${id}" {`)), /jobspec: Nomad could not read it/);
    await assert.rejects(stack.preview(declareJson({ Name: id })), /jobspec: it has no job ID/);
    await assert.rejects(stack.preview(declare("")), /jobspec.*it is empty/is);
    assert.equal(await liveJob(id), undefined);
  });

  it("leaves an unknown jobspec unknown in a preview, and takes it when it is known", async () => {
    const program = (count: number) => () => {
      const first = new nomad.Job("first", {
        jobspec: sleepJobHcl(`${id}-first`, count),
        purgeOnDestroy: true,
      });
      const jobspec = pulumi.interpolate`${first.modifyIndex}`.apply(() =>
        JSON.stringify(sleepJob(id, count)),
      );
      const second = new nomad.Job("second", { jobspec, json: true, purgeOnDestroy: true });
      return Promise.resolve({ name: second.name });
    };
    const preview = await stack.preview(program(1));
    assert.deepEqual(
      preview.steps.map(({ name, op }) => [name, op]),
      [
        ["first", "create"],
        ["second", "create"],
      ],
    );
    await stack.up(program(1));
    assert.equal((await stack.outputs())["name"], id);
    const changed = await stack.preview(program(2));
    assert.ok(changed.steps.every(({ op, diffs }) => op === "update" && diffs.includes("jobspec")));
  });

  it("keeps a secret jobspec and what comes from it secret in the state", async () => {
    const [group, ...groups] = sleepJob(id, 1).TaskGroups;
    const job = { ...sleepJob(id, 1), TaskGroups: [{ ...group, Meta: { key: "hush-hush" } }, ...groups] };
    const program = declare(pulumi.secret(JSON.stringify(job)), { json: true });
    await stack.up(program);
    await stack.refresh();
    assert.doesNotMatch(await stack.state(), /hush-hush/);
    assert.equal((await stack.preview(program)).steps[0]?.op, "same");
  });

  it("waits for the deployment when it is not detached, and keeps a job that failed in the state", async () => {
    await stack.up(declareJson(sleepJob(id, 1), { detach: false }));
    assert.match(await stack.state(), /"deploymentStatus":"successful"/);
    const failing = sleepJob(id, 1, "/does/not/exist");
    for (const time of ["the first time", "and when nothing was changed since"]) {
      await assert.rejects(
        stack.up(declareJson(failing, { detach: false })),
        /job "plugins-details" is registered, but was not deployed: deployment .* is failed/,
        time,
      );
    }
    assert.match(await stack.state(), /"deploymentStatus":"failed"/);
  });

  it("imports a job by its ID", async () => {
    await registerOutside(sleepJob(id, 2));
    const { steps } = await stack.up(declareJson(sleepJob(id, 2), {}, { import: id }));
    assert.ok(steps.some(({ op }) => op === "import"));
    assert.equal((await liveJob(id))?.Version, 0);
  });

  it("leaves the job and the counts that others set alone when told so", async () => {
    const args = { deregisterOnDestroy: false, preserveCounts: true };
    await stack.up(declareJson(sleepJob(id, 1), args));
    await registerOutside(sleepJob(id, 2));
    const { steps } = await stack.up(declareJson(sleepJob(id, 1), args), { refresh: true });
    assert.equal(steps.at(-1)?.op, "same");
    await stack.destroy();
    assert.equal((await liveJob(id))?.TaskGroups[0]?.Count, 2);
  });

  it("takes the counts over, and gives them back, when nothing but that is changed", async () => {
    const count = async () => (await liveJob(id))?.TaskGroups[0]?.Count;
    const preserving = (preserveCounts: boolean) => declareJson(sleepJob(id, 1), { preserveCounts });
    await stack.up(preserving(true));
    await scaleOutside(id, "sleepers", 3);
    const { steps } = await stack.up(preserving(false), { refresh: true });
    assert.deepEqual(steps.at(-1), { name: "job", op: "update", diffs: ["preserveCounts"] });
    assert.equal(await count(), 1);
    await scaleOutside(id, "sleepers", 2);
    await stack.up(preserving(true), { refresh: true });
    assert.equal(await count(), 2);
    assert.equal((await stack.up(preserving(true), { refresh: true })).steps.at(-1)?.op, "same");
  });

  it("goes on from a state that the official provider has written", async () => {
    const program = declareJson(sleepJob(id, 1));
    await stack.up(program);
    await stack.rewrite((state) =>
      state
        .replace('"inputs":{"deregisterOnDestroy"', '"inputs":{"__defaults":["detach"],"deregisterOnDestroy"')
        .replace('"outputs":{"allAtOnce"', '"outputs":{"__meta":"{}","preserveResources":false,"allAtOnce"')
        .replace(/"taskGroups":\[.*?\],"type"/, '"taskGroups":[{"name":"sleepers","unheard":true}],"type"'),
    );
    assert.match(await stack.state(), /__meta.*unheard/);
    assert.equal((await stack.preview(program)).steps[0]?.op, "same");
    const { steps } = await stack.up(declareJson(sleepJob(id, 2)), { refresh: true });
    assert.equal(steps.at(-1)?.op, "update");
  });
});
