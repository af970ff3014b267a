import assert from "node:assert/strict";
import { registeredStill } from "../../../../gate/act/remove.ts";
import type { Instance } from "../../../../gate/clients/consul.ts";
import type { Allocation } from "../../../../gate/clients/nomad-answers.ts";

const id = "00000000-0000-0000-0000-000000000001";
const allocation: Allocation = {
  id,
  node: "node-1",
  jobVersion: 0,
  client: "complete",
  clientWhy: "",
  desired: "stop",
  desiredWhy: "",
  tasks: {},
  healthy: true,
};
const instance = (name: string): Instance => ({
  id: name,
  node: "node-1",
  address: { host: "192.0.2.1", port: 80 },
  passing: true,
  checks: [],
});

describe("instances in Consul that are there still", () => {
  const own = instance(`_nomad-task-${id}-group-web-api-http`);

  it("are counted while Nomad has yet to take them back", () => {
    assert.equal(
      registeredStill("api-canary", [own], [allocation]),
      "1 instance of api-canary is registered in Consul",
    );
  });

  it("are named where they are none of Nomad's, with who can take them away", () => {
    assert.equal(
      registeredStill("api-canary", [own, instance("by-hand")], [allocation]),
      "2 instances of api-canary are registered in Consul, and by-hand on node-1 is none of Nomad's allocations: " +
        "deregister it at the Consul agent of node-1",
    );
  });
});
