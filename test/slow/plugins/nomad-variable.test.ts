import assert from "node:assert/strict";
import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { deleteVariable, liveVariable, putVariable } from "../../integration/plugins/nomad-api.ts";
import { stackForTests } from "../../integration/plugins/stack.ts";

const path = "plugins-test/variable";
const moved = "plugins-test/moved";

const declare =
  (
    items: pulumi.Input<Record<string, pulumi.Input<string>>>,
    at = path,
    opts?: pulumi.CustomResourceOptions,
  ) =>
  () => {
    new nomad.Variable("variable", { path: at, items }, opts);
    return Promise.resolve();
  };

describe("nomad.Variable", () => {
  const stack = stackForTests(async () => {
    for (const one of [path, moved]) await deleteVariable(one);
  });

  it("keeps its items as declared, and secret in the state", async () => {
    const program = declare({ password: "hush-hush", user: "me" });
    const { steps } = await stack.up(program);
    assert.deepEqual(steps, [{ name: "variable", op: "create", diffs: [] }]);
    await putVariable(path, { password: "told-to-all", stray: "x" });
    const drifted = await stack.refresh();
    assert.deepEqual(drifted.steps.at(-1), { name: "variable", op: "update", diffs: ["items"] });
    assert.doesNotMatch(await stack.state(), /told-to-all/);
    const again = await stack.up(program);
    assert.deepEqual(again.steps, [{ name: "variable", op: "update", diffs: ["items"] }]);
    assert.deepEqual(await liveVariable(path), { password: "hush-hush", user: "me" });
    assert.doesNotMatch(await stack.state(), /hush-hush/);
  });

  it("is created again when it was deleted outside, moves with its path, and is deleted", async () => {
    await stack.up(declare({ a: "1" }));
    await deleteVariable(path);
    const { steps } = await stack.up(declare({ a: "1" }), { refresh: true });
    assert.equal(steps.at(-1)?.op, "create");
    assert.deepEqual(await liveVariable(path), { a: "1" });
    const replaced = await stack.up(declare({ a: "1" }, moved));
    assert.ok(replaced.steps.some(({ op, diffs }) => op === "replace" && diffs.includes("path")));
    assert.deepEqual([await liveVariable(path), await liveVariable(moved)], [undefined, { a: "1" }]);
    await stack.destroy();
    assert.equal(await liveVariable(moved), undefined);
  });

  it("leaves what is unknown unknown in a preview, and says there which input is wrong", async () => {
    const program = () => {
      const first = new nomad.Variable("first", { path, items: { a: "1" } });
      const items = { known: "x", unknown: first.id };
      new nomad.Variable("second", { path: pulumi.interpolate`${first.id}`.apply(() => moved), items });
      return Promise.resolve();
    };
    assert.ok((await stack.preview(program)).steps.every(({ op }) => op === "create"));
    await stack.up(program);
    assert.deepEqual(await liveVariable(moved), { known: "x", unknown: `${path}@default` });
    await assert.rejects(stack.preview(declare({ a: "1" }, "no.dots")), /path.*"no\.dots" is not 1 to 128/s);
    await assert.rejects(stack.preview(declare({})), /items.*Nomad keeps no empty variables/s);
    await assert.rejects(
      stack.up(declare({ a: "1" }, "nomad/other")),
      /writing variable "nomad\/other@default".*only paths at "nomad\/jobs"/s,
    );
  });

  it("is imported by its path and namespace", async () => {
    await putVariable(path, { a: "known-before" });
    const program = declare({ a: "known-before" }, path, { import: `${path}@default` });
    assert.ok((await stack.up(program)).steps.some(({ op }) => op === "import"));
    assert.doesNotMatch(await stack.state(), /known-before/);
    assert.equal((await stack.preview(declare({ a: "known-before" }))).steps[0]?.op, "same");
  });
});
