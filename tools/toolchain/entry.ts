import { createHash, randomUUID } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";

/**
 * One tool in the cache: a folder with the binary alone in `bin` (so that it can go on PATH and expose nothing else) and
 * a manifest that says what the binary must be.
 */
export interface Entry {
  folder: string;
  bin: string;
  binary: string;
  manifest: string;
}

const manifestSchema = z.object({ sha256: z.string(), size: z.number(), mtimeMs: z.number() });

export function entryOf(cache: string, tool: { name: string; version: string }, key: string): Entry {
  const folder = join(cache, "tools", tool.name, `${tool.version}-${key}`);
  const bin = join(folder, "bin");
  return {
    folder,
    bin,
    binary: join(bin, tool.name),
    manifest: join(folder, "manifest.json"),
  };
}

async function checksum(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Whether the entry holds what was put there. The checksum is read only when the file was touched since. */
export async function isIntact(entry: Entry): Promise<boolean> {
  try {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(entry.manifest, "utf8")));
    const file = await stat(entry.binary);
    if (!file.isFile() || file.size !== manifest.size || (file.mode & 0o111) === 0) return false;
    return file.mtimeMs === manifest.mtimeMs || (await checksum(entry.binary)) === manifest.sha256;
  } catch {
    // Whatever cannot be read is built again.
    return false;
  }
}

/** What killed runs left. The caller holds the lock on the entry, so no draft of it is in use. */
async function removeDrafts({ folder }: Entry): Promise<void> {
  const siblings = await readdir(dirname(folder));
  const drafts = siblings.filter((name) => name.startsWith(`${basename(folder)}.`));
  // One that was killed may have left a compiler that writes for a moment yet.
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
  await Promise.all(drafts.map((name) => rm(join(dirname(folder), name), options)));
}

/** For a run that is interrupted.  */
function removeNow(draft: string): void {
  try {
    rmSync(draft, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Still being written to; see removeDrafts.
  }
}

/**
 * Fills an entry: `make` writes the binary into a draft, which then takes the entry's place in one step. A draft has a
 * name of its own, because a build may outlive the run that was killed and go on writing.
 */
export async function fill(
  entry: Entry,
  make: (binary: string, scratch: string) => Promise<void>,
): Promise<void> {
  const draft = `${entry.folder}.${randomUUID()}.draft`;
  const scratch = join(draft, "scratch");
  const binary = join(draft, "bin", basename(entry.binary));
  const clean = () => {
    removeNow(draft);
  };
  await mkdir(scratch, { recursive: true });
  await mkdir(dirname(binary));
  process.once("exit", clean);
  try {
    await make(binary, scratch);
    await rm(scratch, { recursive: true });
    // Whole seconds, because some file systems keep no more when the entry is copied.
    const built = Math.floor(Date.now() / 1_000);
    await utimes(binary, built, built);
    const { size, mtimeMs } = await stat(binary);
    const manifest = { sha256: await checksum(binary), size, mtimeMs };
    await writeFile(join(draft, "manifest.json"), `${JSON.stringify(manifest)}\n`);
    await rm(entry.folder, { recursive: true, force: true });
    await rename(draft, entry.folder);
  } finally {
    process.off("exit", clean);
    await removeDrafts(entry);
  }
}
