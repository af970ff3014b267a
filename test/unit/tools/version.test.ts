import assert from "node:assert/strict";
import { atLeast, formatVersion, parseVersion, sameMajor } from "../../../tools/toolchain/version.ts";

function version(text: string) {
  const parsed = parseVersion(text);
  assert.ok(parsed, `no version in ${text}`);
  return parsed;
}

describe("the version of a tool", () => {
  for (const [said, read] of [
    ["v3.259.0\n", "3.259.0"],
    ["Nomad v1.11.3\nBuildDate 2026-01-01\nRevision abc", "1.11.3"],
    ["Consul v1.20.5+ent\nBuild Date 1970-01-01T00:00:01Z", "1.20.5"],
    ["consul-template v0.41.1 ()", "0.41.1"],
    ["HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/", "2.6.12-1"],
    ["Nomad v1.12.0-beta.1", "1.12.0-beta.1"],
    ["go1.26", "1.26.0"],
  ] as const) {
    it(`is read from ${JSON.stringify(said)}`, () => {
      assert.equal(formatVersion(version(said)), read);
    });
  }

  it("is not found in words or in lone numbers", () => {
    assert.equal(parseVersion("cli: extra args: [version] 2"), undefined);
    assert.equal(parseVersion(""), undefined);
  });
});

describe("a pinned tool", () => {
  const fits = sameMajor("1.11.3");

  it("accepts the same minor and newer ones of the same major", () => {
    for (const text of ["1.11.3", "1.11.0", "1.12.0", "1.200.0"]) assert.ok(fits(version(text)), text);
  });

  it("refuses what may lack something, what may have lost something, and betas", () => {
    for (const text of ["1.10.9", "0.12.0", "2.0.0", "2.11.3", "1.12.0-beta.1"]) {
      assert.ok(!fits(version(text)), text);
    }
  });
});

describe("a tool with an oldest version", () => {
  const fits = atLeast("2.4.0");

  it("accepts that one and all after it, whatever the distribution adds", () => {
    for (const text of ["2.4.0", "2.4.31", "2.6.12-1+deb12u4", "3.1.0"]) assert.ok(fits(version(text)), text);
  });

  it("refuses older ones", () => {
    for (const text of ["2.3.99", "1.9.0"]) assert.ok(!fits(version(text)), text);
  });
});
