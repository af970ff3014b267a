import assert from "node:assert/strict";
import * as consul from "@pulumi/consul";
import {
  deregisterNode,
  liveChecks,
  liveNode,
  registerOutside,
} from "../../integration/plugins/consul-api.ts";
import { stackForTests, type TestStack } from "../../integration/plugins/stack.ts";

const name = "plugins-test-node";
const other = "plugins-test-other";

const check = (id: string) => ({
  checkId: id,
  name: id,
  http: "http://127.0.0.1:1/health",
  headers: [{ name: "Host", values: ["example"] }],
  interval: "60s",
  timeout: "2s",
});

type Declared = {
  on?: string;
  meta?: Record<string, string>;
  checks?: string[];
  port?: number;
  address?: string;
};

/** A node without an agent, and a service on it. */
const declare =
  ({
    on = name,
    meta = { rack: "1" },
    checks = ["first", "second"],
    port = 80,
    address = "192.0.2.1",
  }: Declared = {}) =>
  () => {
    const node = new consul.Node("node", { name: on, address, meta });
    const service = new consul.Service("service", {
      name: "plugins-test-web",
      node: node.name,
      port,
      tags: ["tag"],
      checks: checks.map(check),
    });
    return Promise.resolve({
      address: service.address,
      datacenter: service.datacenter,
      id: service.serviceId,
    });
  };

const updates = ({ steps }: Awaited<ReturnType<TestStack["up"]>>) =>
  steps.filter(({ op }) => op === "update");

describe("consul.Node and consul.Service", () => {
  const stack = stackForTests(async () => {
    for (const one of [name, other]) await deregisterNode(one);
  });

  it("are as declared in the catalog, also after someone has changed or removed them", async () => {
    assert.ok((await stack.preview(declare())).steps.every(({ op }) => op === "create"));
    await stack.up(declare());
    const outputs = { address: "192.0.2.1", datacenter: "dc1", id: "plugins-test-web" };
    assert.deepEqual(await stack.outputs(), outputs);
    await registerOutside({
      Node: name,
      Address: "192.0.2.1",
      NodeMeta: { rack: "2" },
      Service: {
        ID: "plugins-test-web",
        Service: "plugins-test-web",
        Address: "192.0.2.1",
        Port: 81,
        Tags: ["tag"],
      },
      Check: {
        Node: name,
        CheckID: "first",
        Name: "first",
        Status: "passing",
        ServiceID: "plugins-test-web",
      },
    });
    assert.deepEqual(updates(await stack.up(declare({ checks: ["second"] }), { refresh: true })), [
      { name: "node", op: "update", diffs: ["meta"] },
      { name: "service", op: "update", diffs: ["checks", "port"] },
    ]);
    assert.deepEqual(await liveNode(name), { meta: { rack: "1" }, services: { "plugins-test-web": 80 } });
    assert.deepEqual(await liveChecks(name), { second: "critical" });
    await deregisterNode(name);
    const { steps } = await stack.up(declare(), { refresh: true });
    assert.equal(steps.filter(({ op }) => op === "create").length, 2);
    assert.deepEqual(await liveNode(name), { meta: { rack: "1" }, services: { "plugins-test-web": 80 } });
  });

  it("a check's status is left to whoever runs it", async () => {
    await stack.up(declare({ checks: ["first"] }));
    const passing = {
      Node: name,
      CheckID: "first",
      Name: "first",
      Status: "passing",
      ServiceID: "plugins-test-web",
    };
    const Definition = {
      HTTP: "http://127.0.0.1:1/health",
      Header: { Host: ["example"] },
      Method: "GET",
      Interval: "60s",
      Timeout: "2s",
      DeregisterCriticalServiceAfter: "30s",
    };
    await registerOutside({ Node: name, SkipNodeUpdate: true, Check: { ...passing, Definition } });
    const { steps } = await stack.up(declare({ checks: ["first"] }), { refresh: true });
    assert.ok(steps.every(({ op }) => ["refresh", "same"].includes(op)));
    assert.deepEqual(updates(await stack.up(declare({ checks: ["first"], port: 81 }))), [
      { name: "service", op: "update", diffs: ["port"] },
    ]);
    assert.deepEqual(await liveChecks(name), { first: "passing" });
  });

  it("move to another node, are imported, and go with the stack", async () => {
    await stack.up(declare());
    const { steps } = await stack.up(declare({ on: other }));
    const replaced = steps.filter(({ op }) => op === "replace").map((step) => [step.name, ...step.diffs]);
    assert.deepEqual(replaced.sort(), [
      ["node", "name"],
      ["service", "node"],
    ]);
    assert.equal(await liveNode(name), undefined);
    await stack.up(declare({ on: other, address: "192.0.2.2" }));
    assert.deepEqual(Object.keys((await liveNode(other))?.services ?? {}), ["plugins-test-web"]);
    await stack.forget();
    const imported = await stack.up(() => {
      const meta = { rack: "1" };
      new consul.Node("node", { name: other, address: "192.0.2.2", meta }, { import: other });
      const web = { name: "plugins-test-web", node: other, port: 80, tags: ["tag"] };
      const checks = ["first", "second"].map(check);
      new consul.Service("service", { ...web, checks }, { import: `${other}/plugins-test-web` });
      return Promise.resolve();
    });
    assert.equal(imported.steps.filter(({ op }) => op === "import").length, 2);
    await stack.destroy();
    assert.equal(await liveNode(other), undefined);
  });

  it("name the input that is wrong", async () => {
    const wrong = (interval: string) => () => {
      const checks = [{ ...check("first"), interval }];
      new consul.Service("wrong", { node: "nowhere", checks });
      return Promise.resolve();
    };
    await assert.rejects(stack.preview(wrong("often")), /checks\[0\]\.interval.*invalid duration/s);
    await assert.rejects(stack.up(wrong("60s")), /node: there is no node "nowhere"/);
  });
});
