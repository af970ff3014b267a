import assert from "node:assert/strict";
import {
  chosen,
  evidenceOf,
  linesOf,
  mostInstances,
  mostLogBytes,
  textOf,
  type Evidence,
  type InstanceEvidence,
} from "../../../../gate/act/evidence.ts";
import type { Instance } from "../../../../gate/clients/consul.ts";
import type { Allocation } from "../../../../gate/clients/nomad-answers.ts";
import type { InstanceCounts } from "../../../../gate/decide/observation.ts";

const idOf = (index: number) => `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`;

function allocation(index: number, { failed = false, client = "running" } = {}): Allocation {
  const events = [
    { type: "Terminated", message: "Exit Code: 7", time: 1_700_000_000_123_456_789, outOfMemory: false },
  ];
  return {
    id: idOf(index),
    node: "node",
    jobVersion: 0,
    client,
    clientWhy: "",
    desired: "run",
    desiredWhy: "",
    tasks: { web: { state: "running", failed, restarts: 0, events } },
    healthy: true,
  };
}

const instance = (index: number, passing = true): Instance => ({
  id: `_nomad-task-${idOf(index)}-group-web-api-http`,
  node: "node",
  address: { host: "192.0.2.1", port: index },
  passing,
  checks: [],
});

const counts = (index: number, errors: number, fault: InstanceCounts["fault"] = null): InstanceCounts => ({
  id: idOf(index),
  requests: 10,
  errors,
  failed: errors,
  fingerprints: {},
  fault,
});

const indexes = (all: ReturnType<typeof chosen>) => all.map((each) => Number(each.allocation.id.slice(-12)));

describe("the instances that evidence is kept of", () => {
  it("are those that failed first, then those with errors, then those that are not healthy", () => {
    const silent = counts(5, 0, { kind: "silent", why: "did not answer" });
    const all = [1, 2, 3, 4, 5].map((index) => allocation(index, { failed: index === 4 }));
    const registered = [1, 2, 3, 4, 5].map((index) => instance(index, index !== 2));
    assert.deepEqual(indexes(chosen(all, registered, [counts(1, 0), counts(3, 1), silent])), [4, 5, 3, 2, 1]);
  });

  it("are no more than there is time for, and a failed one among many is not left out", () => {
    const all = Array.from({ length: 300 }, (_, index) => allocation(index, { failed: index === 299 }));
    const found = indexes(chosen(all, [], []));
    assert.equal(found.length, mostInstances);
    assert.equal(found[0], 299);
  });
});

describe("what Nomad and Consul tell of an instance", () => {
  it("is its place, its state, and the events of its tasks with their times", () => {
    const known = { allocation: allocation(1), instance: instance(1), counted: undefined };
    const { address, state, counted, tasks } = evidenceOf(known);
    assert.deepEqual([address, state, counted], ["192.0.2.1:1", "running", null]);
    assert.deepEqual(tasks[0]?.events, [
      { at: "2023-11-14T22:13:20.123Z", type: "Terminated", message: "Exit Code: 7" },
    ]);
  });
});

describe("the end of a log", () => {
  it("is its lines", () => {
    assert.deepEqual(linesOf("one\ntwo\n"), ["one", "two"]);
    assert.deepEqual(linesOf("one\ntwo"), ["one", "two"]);
    assert.deepEqual(linesOf(""), []);
  });

  it("begins with a whole line where it was cut, and is never longer than asked for", () => {
    const lines = linesOf(`first ${"ä".repeat(mostLogBytes)}\nlast\n`);
    assert.deepEqual(lines, ["last"]);
    const [only = "", ...others] = linesOf("x".repeat(3 * mostLogBytes));
    assert.equal(only.length, mostLogBytes);
    assert.deepEqual(others, []);
  });
});

describe("the text of evidence", () => {
  const evidence = (instances: InstanceEvidence[]): Evidence => ({
    evidence: "canary",
    version: 1,
    environment: "local",
    service: "api",
    release: "api:2",
    verdict: "reject",
    why: "1 error",
    at: "2026-01-02T03:04:05.678Z",
    instances,
    others: 3,
    missing: [],
  });

  it("has as many instances as there is room for, and says how many it has not", () => {
    const noisy = (index: number): InstanceEvidence => {
      const found = evidenceOf({ allocation: allocation(index), instance: undefined, counted: undefined });
      // Six bytes each as JSON.
      const log = ["\u0001".repeat(mostLogBytes)];
      return { ...found, tasks: found.tasks.map((task) => ({ ...task, stdout: log, stderr: log })) };
    };
    const all = Array.from({ length: 40 }, (_, index) => noisy(index));
    const text = textOf(evidence(all));
    assert.ok(Buffer.byteLength(text) <= 4 * 1024 * 1024);
    const kept = text.match(/"id": "00000000/g)?.length ?? 0;
    assert.ok(kept > 10 && kept < 40);
    assert.match(text, new RegExp(`"others": ${3 + 40 - kept},`));
    assert.match(textOf(evidence(all.slice(0, 2))), /"others": 3,/);
  });
});
