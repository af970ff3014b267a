import assert from "node:assert/strict";
import * as consul from "@pulumi/consul";
import * as docker from "@pulumi/docker";
import * as nomad from "@pulumi/nomad";
import { deleteEntry, deregisterNode, liveEntry, liveNode } from "./consul-api.ts";
import { deleteVariable, liveVariable } from "./nomad-api.ts";
import { stackForTests } from "./stack.ts";

const path = "plugins-test/others";
const node = "plugins-test-others";
const service = "plugins-test-others-web";

/** One of each resource that is shown in detail in the slow lane; those of access control need servers of their own. */
const declare = (text: string, port: number, protocol: string) => () => {
  new nomad.Variable("variable", { path, items: { text } });
  const configJson = JSON.stringify({ Protocol: protocol });
  new consul.ConfigEntry("entry", { kind: "service-defaults", name: service, configJson });
  const { name } = new consul.Node("node", { name: node, address: "192.0.2.1", meta: { rack: "1" } });
  new consul.Service("service", { name: service, node: name, port });
  return Promise.resolve();
};

describe("the plugins' other resources", () => {
  const stack = stackForTests(async () => {
    await deleteVariable(path);
    await deleteEntry("service-defaults", service);
    await deregisterNode(node);
  });

  const live = async () => ({
    variable: await liveVariable(path),
    entry: await liveEntry("service-defaults", service),
    services: (await liveNode(node))?.services,
  });

  it("are made, stay as they are, are changed in place, and go with the stack", async () => {
    const created = await stack.up(declare("first", 80, "http"));
    assert.deepEqual(
      created.steps.map(({ op }) => op),
      ["create", "create", "create", "create"],
    );
    const { steps } = await stack.up(declare("first", 80, "http"), { refresh: true });
    assert.ok(steps.every(({ op }) => ["refresh", "same"].includes(op)));
    const changed = await stack.up(declare("second", 81, "grpc"));
    const updates = changed.steps
      .filter(({ op }) => op === "update")
      .map(({ name, diffs }) => [name, ...diffs]);
    assert.deepEqual(updates.sort(), [
      ["entry", "configJson"],
      ["service", "port"],
      ["variable", "items"],
    ]);
    const { variable, entry, services } = await live();
    assert.deepEqual([variable, services], [{ text: "second" }, { [service]: 81 }]);
    assert.match(JSON.stringify(entry), /"Protocol":"grpc"/);
    await stack.destroy();
    assert.deepEqual(await live(), { variable: undefined, entry: undefined, services: undefined });
  });

  it("an image is not imported, and says what to do instead", async () => {
    const program = () => {
      new docker.Image("image", { imageName: "plugins-test/image:1" }, { import: "plugins-test/image:1" });
      return Promise.resolve();
    };
    await assert.rejects(stack.up(program), /an image cannot be imported: .*; declare it, and it is built/);
  });
});
