import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Page } from "../../tools/docs/documents.ts";

/** Fails when a page that is made from the sources is not what they say now. */
export async function assertWritten({ path, text }: Page, mend: string): Promise<void> {
  assert.equal(await readFile(path, "utf8"), text, `${path} is not what the sources say: ${mend}`);
}
