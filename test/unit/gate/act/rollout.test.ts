import assert from "node:assert/strict";
import { capacityLost, rolloutState, servingIn } from "../../../../gate/act/rollout.ts";
import type { Allocation, Deployment } from "../../../../gate/clients/nomad-answers.ts";
import { release } from "../../../../settings/names.ts";
import { allocation, job } from "./production.ts";

const wanted = release.parse("api:2");
const deployment: Deployment = {
  id: "d",
  jobVersion: 3,
  jobCreateIndex: 7,
  status: "running",
  why: "Deployment is running",
  desired: 4,
  healthy: 1,
  unhealthy: 0,
};
const times = (count: number, one: Allocation) => Array.from({ length: count }, () => one);

describe("production's roll-out", () => {
  it("is followed by the deployment of the job's own version", () => {
    const old = { ...deployment, jobVersion: 2, status: "successful" };
    const state = rolloutState(wanted, job, times(4, allocation), [old, deployment]);
    assert.equal(state.state, "running");
    assert.equal(state.healthy, 1);
  });

  it("does not take the deployment of a purged job of the same name for its own", () => {
    const other = { ...deployment, jobCreateIndex: 1, status: "successful" };
    assert.equal(rolloutState(wanted, job, [], [other]).state, "running");
  });

  it("is done when the deployment is successful", () => {
    assert.equal(rolloutState(wanted, job, [], [{ ...deployment, status: "successful" }]).state, "done");
  });

  it("has failed when the deployment failed, and the instances' last words are told", () => {
    const events = [{ type: "Terminated", message: "Exit Code: 4", time: 0, outOfMemory: false }];
    const crashed = {
      ...allocation,
      client: "failed",
      tasks: { api: { state: "dead", failed: true, restarts: 0, events } },
    };
    const state = rolloutState(wanted, job, [crashed], [{ ...deployment, status: "failed" }]);
    assert.equal(state.state, "failed");
    assert.match(state.why, /Exit Code: 4/);
  });

  it("is looked at again when its deployment was cancelled after the job was read, for the job says why", () => {
    const cancelled = { ...deployment, status: "cancelled", why: "Cancelled due to newer version of job" };
    assert.equal(rolloutState(wanted, job, [allocation], [cancelled]).state, "running");
  });

  it("of an unchanged job is done when its instances run, since Nomad makes no deployment", () => {
    assert.equal(rolloutState(wanted, job, times(3, allocation), []).state, "running");
    assert.equal(rolloutState(wanted, job, times(4, allocation), []).state, "done");
    assert.equal(rolloutState(wanted, job, times(4, { ...allocation, jobVersion: 2 }), []).state, "running");
    assert.equal(rolloutState(wanted, job, times(4, { ...allocation, healthy: false }), []).state, "running");
  });

  it("has failed when somebody else changed the job, stopped it or took it away", () => {
    assert.equal(rolloutState(wanted, { ...job, meta: { nary_release: "api:9" } }, [], []).state, "failed");
    assert.equal(rolloutState(wanted, { ...job, stopped: true }, [], []).state, "failed");
    assert.equal(rolloutState(wanted, undefined, [], []).state, "failed");
  });

  it("tells of fewer instances than it leaves by itself, and counts those of every version", () => {
    const serving = servingIn([
      ...times(2, { ...allocation, jobVersion: 2 }),
      allocation,
      { ...allocation, desired: "stop" },
      { ...allocation, client: "pending" },
      { ...allocation, healthy: false },
    ]);
    assert.equal(serving, 3);
    assert.equal(capacityLost(job, serving), undefined);
    assert.match(capacityLost(job, 2) ?? "", /serves with 2 of 4 instances, .* leaves 3$/);
    assert.equal(capacityLost({ ...job, maxParallel: 9 }, 0), undefined);
  });
});
