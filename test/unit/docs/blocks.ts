import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..", "..");
export const docs = join(root, "docs");

/** The blocks of a page in TypeScript, with the line at which each begins. */
export async function blocksOf(page: string): Promise<{ line: number; code: string }[]> {
  const text = await readFile(join(docs, page), "utf8");
  const blocks = text.matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map(({ index, 1: code = "" }) => ({
    line: text.slice(0, index).split("\n").length,
    code,
  }));
}
