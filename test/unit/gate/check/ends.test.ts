import assert from "node:assert/strict";
import { nextEnds, noEnds, restartsOf } from "../../../../gate/check/ends.ts";
import type { Allocation } from "../../../../gate/clients/nomad-answers.ts";

type Task = Allocation["tasks"][string];

const task = (change: Partial<Task> = {}): Task => ({
  state: "running",
  failed: false,
  restarts: 0,
  events: [],
  ...change,
});
const kill = (time: number) => ({ type: "Terminated", message: "OOM Killed", time, outOfMemory: true });

const allocation = (id: string, tasks: Allocation["tasks"]): Allocation => ({
  id,
  node: "one",
  jobVersion: 0,
  client: "running",
  clientWhy: "",
  desired: "run",
  desiredWhy: "",
  tasks,
  healthy: undefined,
});

describe("how often tasks ended by themselves", () => {
  it("is each start after the first, and the end for good", () => {
    const ends = nextEnds(noEnds, [
      allocation("a", {
        api: task({ restarts: 2, failed: true, state: "dead" }),
        log: task({ restarts: 1 }),
      }),
      allocation("b", { api: task() }),
    ]);
    assert.equal(restartsOf(ends), 4);
  });

  it("is not what a task did that had to end, as one that prepares", () => {
    assert.equal(restartsOf(nextEnds(noEnds, [allocation("a", { init: task({ state: "dead" }) })])), 0);
  });

  it("stays when Nomad has forgotten the instance, and counts nothing twice", () => {
    const first = nextEnds(noEnds, [allocation("a", { api: task({ restarts: 2 }) })]);
    const again = nextEnds(first, [allocation("a", { api: task({ restarts: 3 }) })]);
    assert.equal(restartsOf(again), 3);
    assert.equal(restartsOf(nextEnds(again, [])), 3);
    assert.equal(restartsOf(nextEnds(again, [allocation("a", {})])), 3);
  });

  it("counts each kill for lack of memory once, also when later events have pushed it out", () => {
    const seen = (...times: number[]) => [allocation("a", { api: task({ events: times.map(kill) }) })];
    const ends = [seen(1), seen(1, 2), seen(2, 3)].reduce(nextEnds, noEnds);
    assert.equal(ends.kills.size, 3);
    const both = { api: task({ events: [kill(1)] }), log: task({ events: [kill(1)] }) };
    assert.equal(nextEnds(noEnds, [allocation("a", both)]).kills.size, 2);
  });

  it("does not take another end for one", () => {
    const event = { type: "Terminated", message: "Exit Code: 137", time: 1, outOfMemory: false };
    assert.equal(nextEnds(noEnds, [allocation("a", { api: task({ events: [event] }) })]).kills.size, 0);
  });
});
