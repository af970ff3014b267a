import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ensure } from "../../../tools/toolchain/ensure.ts";
import { ToolchainError } from "../../../tools/toolchain/error.ts";
import type { Surroundings, ToolSpec } from "../../../tools/toolchain/spec.ts";
import { atLeast } from "../../../tools/toolchain/version.ts";
import { tinySpec, Workshop, writeProgram } from "./tiny.ts";

describe("what is missing on the machine", () => {
  let shop: Workshop;
  let bin: string;
  let surroundings: Surroundings;
  let balancer: ToolSpec;

  beforeEach(() => {
    shop = new Workshop();
    bin = join(shop.root, "only");
    writeProgram(bin, "unused", "");
    surroundings = { ...shop.surroundings, environment: { PATH: bin } };
    balancer = {
      name: "balancer",
      version: "2.4",
      source: { kind: "system", package: "balancer", folders: [join(shop.root, "sbin")] },
      onPath: { kind: "version", ask: ["-v"], fits: atLeast("2.4.0") },
    };
  });

  afterEach(() => {
    shop.remove();
  });

  async function messageOf(specs: readonly ToolSpec[]): Promise<string> {
    const error: unknown = await ensure(specs, surroundings).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ToolchainError);
    assert.equal(error.code, "missing");
    return error.message;
  }

  function inC(): ToolSpec {
    return {
      ...tinySpec(shop.module),
      name: "tiny-in-c",
      source: { kind: "go", module: shop.module, package: ".", ldflags: "", tags: "", cgo: true },
    };
  }

  it("is listed in one error: Go, a C compiler, and the command for a system tool", async () => {
    const message = await messageOf([shop.spec, inC(), balancer]);
    assert.match(message, /- Go 1\.21\.0 or newer \(none is on PATH\), to build tiny, tiny-in-c/);
    assert.match(message, /- a C compiler .*to build tiny-in-c/);
    assert.match(message, /- balancer 2\.4 or newer: .* install balancer/);
  });

  it("is a newer Go where the one that is there is too old and may fetch no other", async () => {
    writeProgram(bin, "go", `echo '{"GOVERSION": "go1.20.14", "GOTOOLCHAIN": "local"}'`);
    assert.match(await messageOf([shop.spec]), /Go 1\.21\.0 or newer \(go1\.20\.14 is too old\)/);
  });

  it("is not a C compiler for tools that need none", async () => {
    assert.doesNotMatch(await messageOf([shop.spec]), /C compiler/);
  });

  it("is left to the user where apt-get is there but only root may use it", async () => {
    writeProgram(bin, "apt-get", `touch '${join(shop.root, "used")}'`);
    assert.match(await messageOf([balancer]), /sudo apt-get install balancer/);
    assert.ok(!existsSync(join(shop.root, "used")));
  });

  it("is installed with apt-get, without its service, where that is allowed", async () => {
    symlinkSync("/bin/sh", join(bin, "sh"));
    const target = join(shop.root, "sbin", "balancer");
    writeProgram(
      bin,
      "apt-get",
      `case "$*" in *install*balancer) ;; *) exit 0 ;; esac
[ "$RUNLEVEL" = 1 ] && [ "$SYSTEMD_OFFLINE" = 1 ] || exit 1
/bin/mkdir -p '${join(shop.root, "sbin")}'
printf '#!/bin/sh\\necho balancer version 2.6.12-1\\n' > '${target}'
/bin/chmod +x '${target}'`,
    );
    surroundings = { ...surroundings, isRoot: true };
    assert.deepEqual(await ensure([balancer], surroundings), [
      { name: "balancer", version: "2.6.12-1", path: target, from: "apt" },
    ]);
    const [again] = await ensure([balancer], surroundings);
    assert.equal(again?.from, "path");
  });

  it("is told in apt-get's own words when it cannot install", async () => {
    writeProgram(bin, "apt-get", "echo 'E: Unable to locate package balancer' >&2\nexit 100");
    surroundings = { ...surroundings, isRoot: true };
    await assert.rejects(ensure([balancer], surroundings), (error) => {
      assert.ok(error instanceof ToolchainError);
      assert.equal(error.code, "install-failed");
      assert.match(error.message, /Unable to locate package balancer/);
      return true;
    });
  });
});
