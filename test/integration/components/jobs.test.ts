import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { renderHaproxyJob } from "../../../components/haproxy/job.ts";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canaryOf, haproxyOf, serviceOf } from "../../unit/components/descriptions.ts";
import { allocationsOf, complaints, healthOf, placements, purge, register } from "./nomad.ts";

const service = "jobs-test";
const full = {
  service,
  env: { A: 'b "c" ${NOMAD_ALLOC_ID}' },
  port: "webserver_http",
  cpu: 5000,
  memory: 1600,
  shutdownDelaySeconds: 1.5,
};
const docker = {
  ...full,
  task: { driver: "docker", command: "run", args: ["-v"], forcePull: true, networkMode: "bridge" },
};
const shutOff = { ...full, count: 2, task: { driver: "exec", command: "run", args: ["-v"] } };
const process = { ...full, count: 3, task: { driver: "raw_exec", args: ["-v"] } };

/** Answers TCP, and HTTP with "not now". */
const unwilling =
  'require("http").createServer((_, r) => r.writeHead(404).end()).listen(process.env.PORT, process.env.HOST)';

describe("the jobs, as a real Nomad sees them", function () {
  this.timeout(120_000);

  it("are valid, without a warning", async () => {
    const jobs = [docker, shutOff, process].flatMap((changes) => [
      renderCanaryJob(canaryOf(changes)),
      renderServiceJob(serviceOf(changes)),
    ]);
    for (const job of [...jobs, renderHaproxyJob(haproxyOf({ service }))])
      assert.deepEqual(await complaints(job), []);
  });

  it("can be placed", async () => {
    const canary = renderCanaryJob(canaryOf(process));
    assert.deepEqual(await placements(canary), { "jobs-test-canary-group": 3 });
    assert.deepEqual(await placements(renderServiceJob(serviceOf(process))), { "jobs-test-group": 3 });
    assert.deepEqual(await placements(renderServiceJob(serviceOf(shutOff))), { "jobs-test-group": 2 });
    assert.deepEqual(await placements(renderHaproxyJob(haproxyOf({ service }))), {
      "jobs-test-haproxy-group": 1,
    });
  });

  it("make a roll-out wait for instances that want traffic, and a canary's for those that are there", async () => {
    const task = { driver: "raw_exec", command: globalThis.process.execPath, args: ["-e", unwilling] };
    const changes = { service, task, count: 1, cpu: 20, memory: 64, shutdownDelaySeconds: 0 };
    const update = { minHealthySeconds: 1, healthySeconds: 5 };
    await Promise.all([
      register(renderCanaryJob(canaryOf({ ...changes, startSeconds: 10 }))),
      register(renderServiceJob(serviceOf({ ...changes, update }))),
    ]);
    try {
      const health = await Promise.all([healthOf("jobs-test-canary"), healthOf("jobs-test")]);
      assert.deepEqual(health, [true, false]);
    } finally {
      await Promise.all([purge("jobs-test-canary"), purge("jobs-test")]);
    }
  });

  it("leave a canary that died where it is", async () => {
    const task = { driver: "raw_exec", command: "/bin/false" };
    await register(
      renderCanaryJob(canaryOf({ service, task, count: 2, cpu: 20, memory: 64, startSeconds: 10 })),
    );
    try {
      assert.equal(await healthOf("jobs-test-canary"), false);
      const states = async () =>
        (await allocationsOf("jobs-test-canary")).map(({ ClientStatus: status }) => status);
      while ((await states()).some((state) => state !== "failed")) await sleep(100);
      // With Nomad's own defaults it would be started again after 15 seconds, and elsewhere after 30.
      await sleep(2000);
      assert.deepEqual(await states(), ["failed", "failed"]);
    } finally {
      await purge("jobs-test-canary");
    }
  });
});
