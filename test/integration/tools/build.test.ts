import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { ensure } from "../../../tools/toolchain/ensure.ts";
import { ToolchainError } from "../../../tools/toolchain/error.ts";
import { Workshop, writeProgram } from "./tiny.ts";

const run = promisify(execFile);
const second = join(import.meta.dirname, "ensure-tiny.ts");
const printed = z.object({ path: z.string(), from: z.string() });

function processesNaming(text: string): string[] {
  const commandLine = (pid: string) => {
    try {
      return readFileSync(join("/proc", pid, "cmdline"), "utf8");
    } catch {
      return "";
    }
  };
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(text));
}

describe("a tool that Go builds", function () {
  this.timeout(60_000);
  let shop: Workshop;

  beforeEach(() => {
    shop = new Workshop();
  });

  afterEach(() => {
    shop.remove();
  });

  async function ensureTiny() {
    const [tool] = await ensure([shop.spec], shop.surroundings);
    assert.ok(tool);
    return tool;
  }

  const says = async (path: string) => (await run(path)).stderr.trim();

  it("is built once, and comes from the cache quickly from then on", async () => {
    const built = await ensureTiny();
    assert.equal(built.from, "built");
    assert.equal(await says(built.path), "tiny v1.2.3");
    const started = Date.now();
    assert.deepEqual(await ensureTiny(), { ...built, from: "cache" });
    assert.ok(Date.now() - started < 2_000, `took ${Date.now() - started} ms`);
    assert.equal(shop.buildCount, 1);
  });

  it("lies alone in its folder, and leaves no draft, lock or log behind", async () => {
    const { path } = await ensureTiny();
    assert.deepEqual(readdirSync(dirname(path)), ["tiny"]);
    assert.equal(readdirSync(join(shop.cache, "tools", "tiny")).length, 1);
    assert.deepEqual(readdirSync(join(shop.cache, "locks")), []);
    assert.deepEqual(readdirSync(join(shop.cache, "logs")), []);
  });

  it("is built by one of two runs at once, and both have it", async () => {
    const go = () => run(process.execPath, [second, shop.module, shop.cache], { env: shop.environment });
    const tools = (await Promise.all([go(), go()])).map(({ stdout }) => printed.parse(JSON.parse(stdout)));
    assert.deepEqual(tools.map(({ from }) => from).sort(), ["built", "cache"]);
    assert.equal(tools[0]?.path, tools[1]?.path);
    assert.equal(shop.buildCount, 1);
  });

  it("is built again when its source changes", async () => {
    await ensureTiny();
    writeFileSync(join(shop.module, "main.go"), 'package main\n\nfunc main() { println("tiny v1.2.4") }\n');
    const again = await ensureTiny();
    assert.equal(again.from, "built");
    assert.equal(await says(again.path), "tiny v1.2.4");
  });

  for (const [what, harm] of [
    [
      "truncated",
      (path: string) => {
        truncateSync(path, 1_000);
      },
    ],
    [
      "changed",
      (path: string) => {
        const file = readFileSync(path);
        file[5_000] = 255 - (file[5_000] ?? 0);
        writeFileSync(path, file);
      },
    ],
    [
      "missing",
      (path: string) => {
        rmSync(dirname(path), { recursive: true });
      },
    ],
    [
      "without its manifest",
      (path: string) => {
        rmSync(join(dirname(path), "..", "manifest.json"));
      },
    ],
  ] as const) {
    it(`is built again when its binary in the cache is ${what}`, async () => {
      const { path } = await ensureTiny();
      harm(path);
      assert.equal((await ensureTiny()).from, "built");
      assert.equal(await says(path), "tiny v1.2.3");
    });
  }

  it("is not built again when the cache was merely copied", async () => {
    const { path } = await ensureTiny();
    utimesSync(path, new Date(), new Date());
    assert.equal((await ensureTiny()).from, "cache");
  });

  it("is built by the next run after one was killed in the middle", async () => {
    const child = spawn(process.execPath, [second, shop.module, shop.cache], { env: shop.environment });
    while (shop.buildCount === 0) await sleep(20);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal((await ensureTiny()).from, "built");
    assert.equal(readdirSync(join(shop.cache, "tools", "tiny")).length, 1);
  });

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`is left unbuilt by ${signal}, with no draft and no compiler still running`, async () => {
      const child = spawn(process.execPath, [second, shop.module, shop.cache], {
        env: { ...shop.environment, TINY_BUILD_SECONDS: "30" },
      });
      while (shop.buildCount === 0) await sleep(20);
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [code, null]);
      assert.deepEqual(readdirSync(join(shop.cache, "tools", "tiny")), []);
      const deadline = Date.now() + 5_000;
      while (processesNaming(shop.root).length > 0 && Date.now() < deadline) await sleep(20);
      assert.deepEqual(processesNaming(shop.root), []);
    });
  }

  it("shows the end of the log of a build that fails, and where the whole is", async () => {
    writeFileSync(join(shop.module, "main.go"), "package main\n\nfunc main() { undefinedName() }\n");
    await assert.rejects(ensureTiny(), (error) => {
      assert.ok(error instanceof ToolchainError);
      assert.equal(error.code, "build-failed");
      assert.match(error.message, /undefined: undefinedName/);
      const log = /whole in (.+):\n/.exec(error.message)?.[1] ?? "";
      assert.match(readFileSync(log, "utf8"), /undefined: undefinedName/);
      return true;
    });
    assert.deepEqual(readdirSync(join(shop.cache, "tools", "tiny")), []);
  });

  it("is not built where the user's own fits", async () => {
    const own = writeProgram(join(shop.root, "bin"), "tiny", "echo Tiny v1.4.0");
    assert.deepEqual(await ensureTiny(), { name: "tiny", version: "1.4.0", path: own, from: "path" });
    assert.equal(shop.buildCount, 0);
  });

  for (const [what, script] of [
    ["is too old", "echo Tiny v1.1.9"],
    ["fails", "exit 1"],
    ["prints no version", "echo tiny"],
  ] as const) {
    it(`is built where the user's own ${what}`, async () => {
      writeProgram(join(shop.root, "bin"), "tiny", script);
      assert.equal((await ensureTiny()).from, "built");
    });
  }

  it("is left to the official plugin of the pinned version where that is installed", async () => {
    const home = join(shop.root, "pulumi");
    const path = writeProgram(join(home, "plugins", "resource-tiny-v1.2.3"), "tiny", "");
    const spec = { ...shop.spec, officialPlugin: "resource-tiny-v1.2.3" };
    const surroundings = { ...shop.surroundings, environment: { ...shop.environment, PULUMI_HOME: home } };
    assert.deepEqual(await ensure([spec], surroundings), [
      { name: "tiny", version: "1.2.3", path, from: "official" },
    ]);
    assert.ok(!existsSync(shop.cache));
  });
});
