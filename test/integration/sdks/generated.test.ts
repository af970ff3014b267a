import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { glob, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { temporaryFolder } from "../../support/temporary.ts";

const root = resolve(import.meta.dirname, "../../..");
const plugins = join(root, "tools/plugins");
const env = { ...process.env, CGO_ENABLED: "0" };

/** As `npm run sdk` does, into another folder. Flag and setting are the toolchain's, so that Go compiles things once. */
async function generate(folder: string): Promise<void> {
  const schema = spawn("go", ["run", "-trimpath", "./cmd/schema", "nomad"], {
    cwd: plugins,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const generator = spawn("go", ["run", "-trimpath", ".", folder], {
    cwd: join(plugins, "sdkgen"),
    env,
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = [schema, generator].map((child) => once(child, "close"));
  await pipeline(schema.stdout, generator.stdin);
  await Promise.all(ended);
  assert.deepEqual([schema.exitCode, generator.exitCode], [0, 0], "the generator failed");
}

/** Every file of an SDK, without what is made from it. */
async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of glob("**/*", {
    cwd: folder,
    withFileTypes: true,
    exclude: (file) => ["bin", "node_modules"].includes(file.name),
  })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(folder.length + 1)] = await readFile(path, "utf8");
  }
  return found;
}

describe("sdks/nomad", () => {
  it("is what the plugin's schema generates; if not, run `npm run sdk`", async function () {
    this.timeout(900_000);
    const folder = await temporaryFolder();
    await generate(folder);
    assert.deepEqual(await contents(join(root, "sdks/nomad")), await contents(folder));
  });
});
