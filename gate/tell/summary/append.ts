import { constants, open } from "node:fs/promises";
import { reasonOf } from "../../errors.ts";

/** How long the end waits for the disk. */
const limitMs = 5_000;

/** A pipe that nobody reads fails at once instead of waiting for a reader. */
const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK } = constants;

/** Appends to a file. Resolves to why it could not; never throws. */
export async function append(path: string, text: string): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const limit = setTimeout(resolve, limitMs, "the disk is too slow for it");
  try {
    return await Promise.race([write(path, text), late]);
  } catch (error) {
    return reasonOf(error);
  } finally {
    clearTimeout(limit);
  }
}

async function write(path: string, text: string): Promise<undefined> {
  const file = await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, 0o644);
  try {
    await file.appendFile(text);
  } finally {
    await file.close();
  }
}
