import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canaryOf, serviceOf } from "./descriptions.ts";

const second = 1_000_000_000;
const attribute = "${meta.rack}";

const placed = {
  namespace: "payments",
  nodePool: "gpu",
  priority: 70,
  constraints: [
    { operator: ">=", attribute: "${attr.cpu.numcores}", value: "4" },
    { operator: "is_set", attribute },
    { operator: "distinct_hosts" },
    { operator: "distinct_property", attribute, atMost: 2 },
  ],
  affinities: [{ operator: "=", attribute, value: "r1", weight: -20 }],
  spreads: [{ attribute, weight: 30, targets: [{ value: "r1", percent: 60 }] }],
};

const jobs = (changes: object) => [renderCanaryJob(canaryOf(changes)), renderServiceJob(serviceOf(changes))];

describe("a job's placement", () => {
  it("is the same in Nomad's words for canary and production", () => {
    for (const { Namespace, NodePool, Priority, Constraints, Affinities, Spreads } of jobs(placed)) {
      assert.deepEqual([Namespace, NodePool, Priority], ["payments", "gpu", 70]);
      assert.deepEqual(Constraints, [
        { LTarget: "${attr.cpu.numcores}", Operand: ">=", RTarget: "4" },
        { LTarget: attribute, Operand: "is_set" },
        { Operand: "distinct_hosts" },
        { LTarget: attribute, Operand: "distinct_property", RTarget: "2" },
      ]);
      assert.deepEqual(Affinities, [{ LTarget: attribute, Operand: "=", RTarget: "r1", Weight: -20 }]);
      assert.deepEqual(Spreads, [
        { Attribute: attribute, Weight: 30, SpreadTarget: [{ Value: "r1", Percent: 60 }] },
      ]);
    }
  });

  it("is not spoken of beyond the namespace unless given, so that a job that runs is not changed", () => {
    for (const job of jobs({})) {
      assert.deepEqual(Object.keys(job), [
        "ID",
        "Name",
        "Type",
        "Datacenters",
        "Meta",
        "Namespace",
        "Update",
        "TaskGroups",
      ]);
    }
  });
});

describe("an instance's registration", () => {
  const serviceIn = (job: ReturnType<typeof renderCanaryJob>) => job.TaskGroups[0]?.Services?.[0];

  it("has meta and tags in both roles", () => {
    for (const job of jobs({ meta: { team: "a" }, tags: ["blue"] })) {
      assert.deepEqual(serviceIn(job)?.Meta, { team: "a" });
      assert.deepEqual(serviceIn(job)?.Tags, ["blue"]);
      assert.equal(job.Meta["team"], undefined);
    }
  });

  it("has none of them unless given", () => {
    for (const job of jobs({})) {
      const keys = Object.keys(serviceIn(job) ?? {});
      assert.deepEqual(keys, ["Name", "PortLabel", "Provider", "Checks"]);
    }
  });
});

describe("what becomes of production's dead", () => {
  const groupOf = (changes: object) => renderServiceJob(serviceOf(changes)).TaskGroups[0];

  it("is restarted as it is told", () => {
    const restart = { attempts: 5, intervalSeconds: 300, delaySeconds: 2.5, mode: "delay" };
    assert.deepEqual(groupOf({ restart })?.RestartPolicy, {
      Attempts: 5,
      Interval: 300 * second,
      Delay: 2.5 * second,
      Mode: "delay",
    });
  });

  it("is placed anew as it is told", () => {
    const waits = { delaySeconds: 10, delayFunction: "fibonacci", maxDelaySeconds: 100 };
    const rendered = { Delay: 10 * second, DelayFunction: "fibonacci", MaxDelay: 100 * second };
    const policyOf = (reschedule: object) => groupOf({ reschedule })?.ReschedulePolicy;
    assert.deepEqual(policyOf({ type: "never" }), { Attempts: 0, Unlimited: false });
    assert.deepEqual(policyOf({ type: "unlimited", ...waits }), {
      Attempts: 0,
      Unlimited: true,
      ...rendered,
    });
    assert.deepEqual(policyOf({ type: "limited", attempts: 3, intervalSeconds: 600, ...waits }), {
      Attempts: 3,
      Interval: 600 * second,
      Unlimited: false,
      ...rendered,
    });
  });

  it("is none of a canary's business", () => {
    const given = { restart: { attempts: 5 }, reschedule: { type: "unlimited" } };
    assert.deepEqual(renderCanaryJob(canaryOf(given)), renderCanaryJob(canaryOf()));
  });
});
