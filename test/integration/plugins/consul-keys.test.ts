import assert from "node:assert/strict";
import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { deleteUnder, keysUnder, putKey } from "./consul-api.ts";
import { stackForTests } from "./stack.ts";

const prefix = "plugins-test/owned/";
const single = "plugins-test/single/";

const declarePrefix =
  (
    subkeys: Record<string, pulumi.Input<string>>,
    pathPrefix = prefix,
    opts: pulumi.CustomResourceOptions = {},
  ) =>
  () => {
    new consul.KeyPrefix("prefix", { pathPrefix, subkeys }, opts);
    return Promise.resolve();
  };

const declareKeys = (keys: consul.types.input.KeysKey[]) => () => {
  new consul.Keys("keys", { keys });
  return Promise.resolve();
};

describe("consul", () => {
  const stack = stackForTests(async () => {
    await deleteUnder("plugins-test/");
  });

  it("KeyPrefix owns its prefix: stray and lost keys are put right, all is deleted with it", async () => {
    const program = declarePrefix({ a: "1", "b/c": "2" });
    await stack.up(program);
    assert.deepEqual(await keysUnder(prefix), { a: "1", "b/c": "2" });
    await stack.up(declarePrefix({ a: "3", "b/c": "2" }));
    await putKey(`${prefix}stray`, "x");
    await putKey(`${prefix}a`, "changed");
    const { steps } = await stack.refresh();
    assert.deepEqual(steps.at(-1), { name: "prefix", op: "update", diffs: ["subkeys"] });
    const again = await stack.up(program);
    assert.deepEqual(again.steps, [{ name: "prefix", op: "update", diffs: ["subkeys"] }]);
    assert.deepEqual(await keysUnder(prefix), { a: "1", "b/c": "2" });
    await deleteUnder(prefix);
    await stack.up(program, { refresh: true });
    assert.deepEqual(await keysUnder(prefix), { a: "1", "b/c": "2" });
    assert.equal((await stack.up(program, { refresh: true })).steps.at(-1)?.op, "same");
    await stack.destroy();
    assert.deepEqual(await keysUnder(prefix), {});
  });

  it("KeyPrefix moves to another prefix, and takes over none that has other keys", async () => {
    await putKey("plugins-test/foreign/key", "x");
    await assert.rejects(
      stack.up(declarePrefix({ a: "1" }, "plugins-test/foreign/")),
      /pathPrefix: 1 keys already exist under "plugins-test\/foreign\/"/,
    );
    await stack.up(declarePrefix({ a: "1" }));
    const { steps } = await stack.up(declarePrefix({ a: "1" }, "plugins-test/moved/"));
    assert.ok(steps.some(({ op }) => op === "replace"));
    assert.deepEqual(await keysUnder("plugins-test/"), { "foreign/key": "x", "moved/a": "1" });
  });

  it("KeyPrefix leaves unknown values unknown in a preview, and secrets secret in the state", async () => {
    const program = () => {
      const keys = new consul.Keys("keys", { keys: [{ path: `${single}x`, value: "1", delete: true }] });
      const unknown = keys.datacenter;
      return declarePrefix({ unknown, secret: pulumi.secret("hush-hush") })();
    };
    assert.ok((await stack.preview(program)).steps.every(({ op }) => op === "create"));
    await stack.up(program);
    await stack.refresh();
    assert.deepEqual(await keysUnder(prefix), { unknown: "dc1", secret: "hush-hush" });
    assert.doesNotMatch(await stack.state(), /hush-hush/);
  });

  it("KeyPrefix is imported by its prefix, with the keys that are there, and owns them from then on", async () => {
    await putKey(`${prefix}a`, "1");
    await putKey(`${prefix}b/c`, "2");
    const { steps } = await stack.up(declarePrefix({ a: "1", "b/c": "2" }, prefix, { import: prefix }));
    assert.ok(steps.some(({ op }) => op === "import"));
    assert.equal((await stack.preview(declarePrefix({ a: "1", "b/c": "2" }))).steps[0]?.op, "same");
    assert.deepEqual((await stack.up(declarePrefix({ a: "1" }))).steps, [
      { name: "prefix", op: "update", diffs: ["subkeys"] },
    ]);
    assert.deepEqual(await keysUnder(prefix), { a: "1" });
  });

  it("Keys is not imported, and says what to do instead", async () => {
    await putKey(`${single}mine`, "1");
    const program = () => {
      new consul.Keys("keys", { keys: [{ path: `${single}mine`, value: "1" }] }, { import: "consul" });
      return Promise.resolve();
    };
    await assert.rejects(
      stack.up(program),
      /keys cannot be imported: .*; declare them, and those that are there/,
    );
  });

  it("Keys owns the named keys alone, and deletes those that ask for it", async () => {
    await putKey(`${single}other`, "x");
    const path = `${single}mine`;
    const program = declareKeys([
      { path, value: "1", delete: true },
      { path: `${single}stays`, value: "2" },
    ]);
    await stack.up(program);
    assert.equal((await stack.preview(program)).steps[0]?.op, "same");
    await putKey(path, "changed");
    const { steps } = await stack.up(program, { refresh: true });
    assert.deepEqual(steps.at(-1), { name: "keys", op: "update", diffs: ["keys"] });
    assert.deepEqual(await keysUnder(single), { mine: "1", stays: "2", other: "x" });
    await stack.destroy();
    assert.deepEqual(await keysUnder(single), { stays: "2", other: "x" });
  });

  it("getKeys reads values and defaults, and names a missing key when that is an error", async () => {
    await putKey(`${single}there`, "here");
    const keys = [
      { name: "there", path: `${single}there`, default: "no" },
      { name: "missing", path: `${single}missing`, default: "default" },
    ];
    await stack.up(async () => {
      const { var: values, id, datacenter } = await consul.getKeys({ keys });
      return { values, id, datacenter };
    });
    assert.deepEqual(await stack.outputs(), {
      values: { there: "here", missing: "default" },
      id: "-",
      datacenter: "dc1",
    });
    const failing = () =>
      consul
        .getKeys({ keys: [{ name: "n", path: `${single}missing` }], errorOnMissingKeys: true })
        .then(() => ({}));
    await assert.rejects(stack.up(failing), /key "plugins-test\/single\/missing" does not exist/);
  });

  it("an address that nobody answers is an error which names the key", async () => {
    const program = () => {
      const provider = new consul.Provider("elsewhere", { address: "127.0.0.1:1" });
      new consul.Keys("keys", { keys: [{ path: `${single}x`, value: "1" }] }, { provider });
      return Promise.resolve();
    };
    await assert.rejects(stack.up(program), /writing key "plugins-test\/single\/x".*connection refused/s);
  });
});
