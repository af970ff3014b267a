import assert from "node:assert/strict";
import type { Instance } from "../../../../gate/clients/consul.ts";
import type { Allocation } from "../../../../gate/clients/nomad-answers.ts";
import {
  lastingStrangers,
  nextRoster,
  nextStrangers,
  strangersAmong,
} from "../../../../gate/discover/roster.ts";

const id = "0f2c6c5e-1111-2222-3333-444455556666";
const event = (type: string, message: string) => ({ type, message, time: 0, outOfMemory: false });
const running = { state: "running", failed: false, restarts: 0, events: [event("Started", "")] };
const dead = (failed: boolean, ...events: ReturnType<typeof event>[]) => ({
  state: "dead",
  failed,
  restarts: 0,
  events,
});

function allocation(change: Partial<Allocation> = {}): Allocation {
  return {
    id,
    node: "one",
    jobVersion: 0,
    client: "running",
    clientWhy: "Tasks are running",
    desired: "run",
    desiredWhy: "",
    tasks: { api: running },
    healthy: undefined,
    ...change,
  };
}

const instance: Instance = {
  id: `_nomad-task-${id}-group-web-api-canary-http`,
  node: "one",
  address: { host: "10.0.0.1", port: 20_001 },
  passing: true,
  checks: [],
};

const stateOf = (allocations: Allocation[], instances: Instance[], before = new Map(), now = 0) =>
  nextRoster(before, allocations, instances, now).get(id);

describe("who the canaries are", () => {
  it("one runs when Nomad runs it and Consul knows where", () => {
    const member = stateOf([allocation()], [instance]);
    assert.equal(member?.state, "running");
    assert.deepEqual(member.address, instance.address);
  });

  it("one starts while Nomad has not started it, or Consul does not know it yet", () => {
    assert.equal(stateOf([allocation({ client: "pending", tasks: {} })], [])?.state, "starting");
    assert.equal(stateOf([allocation()], [])?.state, "starting");
  });

  it("one that failed has crashed, and its exit is told", () => {
    const events = [
      event("Started", "Task started by client"),
      event("Terminated", "Exit Code: 1"),
      event("Not Restarting", "Policy allows no restarts"),
    ];
    const member = stateOf([allocation({ client: "failed", tasks: { api: dead(true, ...events) } })], []);
    assert.equal(member?.state, "crashed");
    assert.match(member.why, /task api: Exit Code: 1/);
  });

  it("one whose task ended with status 0, or was restarted, has crashed too", () => {
    const ended = dead(
      true,
      event("Terminated", "Exit Code: 0"),
      event("Not Restarting", "Policy allows none"),
    );
    assert.equal(stateOf([allocation({ tasks: { api: ended } })], [instance])?.state, "crashed");
    assert.equal(
      stateOf([allocation({ tasks: { api: { ...running, restarts: 1 } } })], [instance])?.state,
      "crashed",
    );
  });

  it("one that a task has prepared and then ended runs nevertheless", () => {
    const migrate = dead(false, event("Terminated", "Exit Code: 0"));
    assert.equal(stateOf([allocation({ tasks: { migrate, api: running } })], [instance])?.state, "running");
  });

  it("one that failed and was then replaced by Nomad has crashed", () => {
    const member = stateOf([allocation({ desired: "stop", client: "failed", tasks: {} })], []);
    assert.equal(member?.state, "crashed");
  });

  it("one that Nomad stopped for reasons of its own has moved, and that is no crash", () => {
    const change = { desired: "stop", desiredWhy: "alloc is being migrated", tasks: { api: dead(false) } };
    const member = stateOf([allocation(change)], []);
    assert.equal(member?.state, "moved");
    assert.match(member.why, /migrated/);
  });

  it("one that Consul no longer knows has vanished, once an agent's restart is no explanation any more", () => {
    const first = nextRoster(new Map(), [allocation()], [instance], 0);
    const gone = nextRoster(first, [allocation()], [], 10);
    assert.equal(gone.get(id)?.state, "running");
    assert.deepEqual(gone.get(id)?.address, instance.address);
    assert.equal(nextRoster(gone, [allocation()], [], 39.9).get(id)?.state, "running");
    assert.equal(nextRoster(gone, [allocation()], [], 40).get(id)?.state, "vanished");
    const back = nextRoster(gone, [allocation()], [instance], 39);
    assert.equal(nextRoster(back, [allocation()], [], 45).get(id)?.state, "running");
  });

  it("one that is no longer in Nomad's answer stays known", () => {
    const first = nextRoster(new Map(), [allocation()], [instance], 0);
    assert.equal(nextRoster(first, [], [], 1).size, 1);
  });

  it("one that carries the name without being of the job is a stranger", () => {
    const stranger = { ...instance, id: "by-hand" };
    assert.deepEqual(strangersAmong([instance, stranger], [allocation()]), [stranger]);
  });

  it("one is named as a stranger only when Nomad has not told of it for five seconds", () => {
    const at10 = nextStrangers(new Map(), [instance], 10);
    const at14 = nextStrangers(at10, [instance, { ...instance, id: "by-hand" }], 14);
    assert.deepEqual(lastingStrangers(at14, 14.9), []);
    assert.deepEqual(lastingStrangers(at14, 15), [instance.id]);
    assert.deepEqual(lastingStrangers(nextStrangers(at14, [], 15), 20), []);
  });
});
