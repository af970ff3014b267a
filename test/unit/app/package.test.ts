import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { z } from "zod";

const folder = join(import.meta.dirname, "..", "..", "..", "app");
const manifest = z.looseObject({
  dependencies: z.never().optional(),
  peerDependencies: z.record(z.string(), z.string()),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.literal(true) })),
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
});

async function sources(): Promise<{ file: string; text: string }[]> {
  const files = await Array.fromAsync(glob("**/*.ts", { cwd: folder, exclude: ["dist/**"] }));
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(folder, file), "utf8") })));
}

const importing = /^(import|export)( type)?[^;]*? from "([^"]+)"|import\("([^"]+)"\)/gm;

describe("the package @nary/app", () => {
  it("needs nothing at run time: its sources import Node's modules, each other, and types of optional peers", async () => {
    const { peerDependencies } = manifest.parse(
      JSON.parse(await readFile(join(folder, "package.json"), "utf8")),
    );
    const all = await sources();
    assert.ok(all.length > 10);
    for (const { file, text } of all) {
      for (const [, , isType, from, dynamic] of text.matchAll(importing)) {
        const name = from ?? dynamic ?? "";
        if (name.startsWith("node:")) continue;
        if (name.startsWith("."))
          assert.doesNotMatch(
            relative(folder, join(folder, dirname(file), name)),
            /^\.\./,
            `${file}: ${name}`,
          );
        else assert.ok(isType !== undefined && name in peerDependencies, `${file}: ${name}`);
      }
    }
  });

  it("has a source for each of its entry points, and only peers that are optional", async () => {
    const { exports, peerDependencies, peerDependenciesMeta } = manifest.parse(
      JSON.parse(await readFile(join(folder, "package.json"), "utf8")),
    );
    const files = (await sources()).map(({ file }) => file);
    for (const entry of Object.values(exports)) {
      if (typeof entry === "string") continue;
      assert.ok(files.includes(entry.default.replace("./dist/", "").replace(/js$/, "ts")), entry.default);
      assert.equal(entry.types, entry.default.replace(/js$/, "d.ts"));
    }
    assert.deepEqual(Object.keys(peerDependenciesMeta).sort(), Object.keys(peerDependencies).sort());
  });
});
