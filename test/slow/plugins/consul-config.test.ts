import assert from "node:assert/strict";
import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { deleteEntry, liveEntry, putEntry } from "../../integration/plugins/consul-api.ts";
import { stackForTests } from "../../integration/plugins/stack.ts";

const web = "plugins-test-web";
const api = "plugins-test-api";
const defaults = { Protocol: "http", Meta: { owner: "tests" } };
const sources = [{ Name: web, Action: "allow" }];

/** How a service speaks, and who may speak to it. */
const declare =
  (config: unknown = defaults, name = web) =>
  () => {
    new consul.ConfigEntry("defaults", {
      kind: "service-defaults",
      name,
      configJson: JSON.stringify(config),
    });
    const configJson = JSON.stringify({ Sources: sources });
    new consul.ConfigEntry("intentions", { kind: "service-intentions", name: api, configJson });
    return Promise.resolve();
  };

const ofService = z.object({ Protocol: z.string(), Meta: z.record(z.string(), z.string()) });
const ofIntentions = z.object({ Sources: z.array(z.object({ Name: z.string(), Action: z.string() })) });

describe("consul.ConfigEntry", () => {
  const stack = stackForTests(async () => {
    await deleteEntry("service-intentions", api);
    for (const name of [web, api]) await deleteEntry("service-defaults", name);
  });

  it("is what is declared: changed and deleted entries are put right, and go with the stack", async () => {
    await stack.up(declare());
    assert.deepEqual(ofIntentions.parse(await liveEntry("service-intentions", api)), { Sources: sources });
    const lowerCase = { meta: { owner: "tests" }, protocol: "http" };
    const { steps } = await stack.up(declare(lowerCase), { refresh: true });
    assert.ok(steps.every(({ op }) => ["refresh", "same"].includes(op)));
    await putEntry({ Kind: "service-defaults", Name: web, Protocol: "grpc" });
    await deleteEntry("service-intentions", api);
    const again = await stack.up(declare(), { refresh: true });
    const done = again.steps.filter(({ op }) => ["create", "update"].includes(op));
    assert.deepEqual(done.map(({ name, op, diffs }) => [name, op, ...diffs]).sort(), [
      ["defaults", "update", "configJson"],
      ["intentions", "create"],
    ]);
    assert.deepEqual(ofService.parse(await liveEntry("service-defaults", web)), defaults);
    const moved = await stack.up(declare(defaults, api));
    assert.ok(moved.steps.some(({ op, diffs }) => op === "replace" && diffs.includes("name")));
    assert.equal(await liveEntry("service-defaults", web), undefined);
    await stack.destroy();
    assert.equal(await liveEntry("service-defaults", api), undefined);
  });

  it("is imported by kind and name, and unknown JSON stays unknown in a preview", async () => {
    await putEntry({ Kind: "service-defaults", Name: web, ...defaults });
    const program = () => {
      const first = new consul.ConfigEntry(
        "first",
        { kind: "service-defaults", name: web, configJson: JSON.stringify(defaults) },
        { import: `service-defaults/${web}` },
      );
      const configJson = pulumi.interpolate`{"Sources": [{"Name": "${first.id}", "Action": "deny"}]}`;
      new consul.ConfigEntry("second", { kind: "service-intentions", name: api, configJson });
      return Promise.resolve();
    };
    assert.ok((await stack.preview(program)).steps.some(({ op }) => op === "create"));
    const { steps } = await stack.up(program);
    assert.ok(steps.some(({ name, op }) => name === "first" && op === "import"));
    const { Sources } = ofIntentions.parse(await liveEntry("service-intentions", api));
    assert.deepEqual(Sources, [{ Name: `service-defaults-${web}`, Action: "deny" }]);
  });

  it("names the input that is wrong, with Consul's words", async () => {
    const wrong = (kind: string, configJson: string) => () => {
      new consul.ConfigEntry("wrong", { kind, name: web, configJson });
      return Promise.resolve();
    };
    await assert.rejects(stack.preview(wrong("service-wishes", "{}")), /kind.*invalid config entry kind/s);
    await assert.rejects(stack.preview(wrong("service-defaults", "[")), /configJson.*not a JSON object/s);
    await assert.rejects(
      stack.up(wrong("service-defaults", '{"Protocoll": "http"}')),
      /configJson: Consul does not accept service-defaults "plugins-test-web":.*Protocoll/s,
    );
  });
});
