import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceKey } from "../../../tools/toolchain/key.ts";
import type { GoSource } from "../../../tools/toolchain/spec.ts";

describe("the key of a built tool", () => {
  let module: string;
  let source: GoSource;

  beforeEach(() => {
    module = mkdtempSync(join(tmpdir(), "nary-key-"));
    mkdirSync(join(module, "cmd"));
    writeFileSync(join(module, "go.mod"), "module example.test/tiny\n");
    writeFileSync(join(module, "cmd", "main.go"), "package main\n");
    source = { kind: "go", module, package: "./cmd", ldflags: "", tags: "", cgo: false };
  });

  afterEach(() => {
    rmSync(module, { recursive: true });
  });

  it("stays the same while nothing changes", () => {
    assert.equal(sourceKey(source), sourceKey({ ...source }));
  });

  it("does not depend on where the checkout lies", () => {
    const other = mkdtempSync(join(tmpdir(), "nary-key-"));
    try {
      mkdirSync(join(other, "cmd"));
      writeFileSync(join(other, "go.mod"), "module example.test/tiny\n");
      writeFileSync(join(other, "cmd", "main.go"), "package main\n");
      assert.equal(sourceKey({ ...source, module: other }), sourceKey(source));
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("changes with a build setting", () => {
    const keys = [
      source,
      { ...source, package: "./other" },
      { ...source, ldflags: "-X main.v=1" },
      { ...source, tags: "ui" },
      { ...source, cgo: true },
    ].map(sourceKey);
    assert.equal(new Set(keys).size, keys.length);
  });

  for (const [what, file, content] of [
    ["a pin", "go.mod", "module example.test/tiny\n\ngo 1.25\n"],
    ["a source in a subfolder", "cmd/main.go", "package main // changed\n"],
    ["a new file", "go.sum", ""],
  ] as const) {
    it(`changes with ${what}`, () => {
      const before = sourceKey(source);
      writeFileSync(join(module, file), content);
      assert.notEqual(sourceKey(source), before);
    });
  }

  it("does not change with a test, which is not in the binary", () => {
    const before = sourceKey(source);
    writeFileSync(join(module, "cmd", "main_test.go"), "package main\n");
    assert.equal(sourceKey(source), before);
  });
});
