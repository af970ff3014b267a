import assert from "node:assert/strict";
import { findNode, runsTypeScript } from "../../../tools/start/node.mjs";

describe("the Node that goes on", () => {
  const elsewhere = { platform: "sunos", arch: "x64", execPath: "/usr/bin/node" } as const;

  it("is the running one where npm serves none and it runs TypeScript", () => {
    assert.equal(findNode("/checkout", { ...elsewhere, version: "v22.18.0" }), "/usr/bin/node");
  });

  it("is missing, with a sentence that says what to install, where the running one is too old", () => {
    assert.throws(
      () => findNode("/checkout", { ...elsewhere, version: "v20.20.2" }),
      /v20\.20\.2 .*install Node 24/s,
    );
  });

  for (const [version, runs] of [
    ["v18.0.0", false],
    ["v20.20.2", false],
    ["v22.17.1", false],
    ["v22.18.0", true],
    ["v23.5.0", false],
    ["v23.6.0", true],
    ["v24.0.0", true],
    ["v26.1.0", true],
  ] as const) {
    it(`${runs ? "can" : "cannot"} be ${version}`, () => {
      assert.equal(runsTypeScript(version), runs);
    });
  }
});
