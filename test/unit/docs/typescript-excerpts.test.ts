import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { blocksOf, root } from "./blocks.ts";

/** What an excerpt says beside the code. */
const comment = /(?<=^|\s)\/\/.*$/gm;

/** Without comments, and what a formatter does. */
function plain(code: string): string {
  return code
    .replaceAll(comment, "")
    .replaceAll(/\s/g, "")
    .replaceAll(/,(?=[\])}])/g, "");
}

/** Whether the pieces of an excerpt, with `…` or an empty line between them, stand one after the other in a source. */
function isIn(excerpt: string, source: string): boolean {
  const pieces = excerpt
    .replaceAll(comment, "")
    .split(/…|\n\n/)
    .map(plain);
  let at = 0;
  return pieces.every((piece) => {
    const found = source.indexOf(piece, at);
    at = found + piece.length;
    return found >= 0;
  });
}

describe("docs/typescript.md", () => {
  it("has what the code has: each excerpt stands in the file that it names", async () => {
    const blocks = await blocksOf("typescript.md");
    const named = blocks.map(({ line, code }) => ({ line, code, file: /\/\/ (\S+\.ts)\b/.exec(code)?.[1] }));
    const excerpts = named.filter(({ code }) => !code.includes("@nary/app"));
    assert.ok(excerpts.length > 6);
    const wrong: string[] = [];
    for (const { line, code, file } of excerpts) {
      assert.ok(file !== undefined, `the excerpt of line ${line} names no file`);
      const source = plain(await readFile(join(root, file), "utf8"));
      assert.ok(!isIn(`${code}no more`, source));
      if (!isIn(code, source)) wrong.push(`line ${line}: ${file}`);
    }
    assert.deepEqual(wrong, []);
  });
});
