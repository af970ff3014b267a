import { glob, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const scheme = "file://";
/** Longer than a Pulumi that still lives leaves such a file empty. */
const twoLooksMs = 500;

/** Whether Pulumi read a file of which it, or another Pulumi, had just emptied the attributes. */
export function isCutOff(said: string): boolean {
  return /^error: (?:failed to load checkpoint: )?EOF$/m.test(said);
}

/**
 * Removes empty attributes from a backend of files. Pulumi keeps them beside each file in one that ends in `.attrs`, and
 * empties that before it writes it: killed in between, it leaves every later Pulumi to fail with "EOF". Without the
 * attributes Pulumi reads the file all the same.
 *
 * @param url - the backend's, as `pulumi whoami` says it; with any other than `file://` there is nothing to remove
 * @param folder - where Pulumi runs
 * @returns the files that were removed
 */
export async function removeCutAttributes(url: string, folder: string): Promise<string[]> {
  if (!url.startsWith(scheme)) return [];
  const [path = ""] = url.slice(scheme.length).split("?");
  const backend = join(resolve(folder, path.replace(/^~(?=\/|$)/, homedir())), ".pulumi");
  const before = await emptyIn(backend);
  await sleep(twoLooksMs);
  const still = new Set(await emptyIn(backend));
  const cut = before.filter((file) => still.has(file));
  for (const file of cut) await rm(file, { force: true });
  return cut;
}

async function emptyIn(backend: string): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob("{stacks,locks}/**/*.attrs", { cwd: backend })) {
    const path = join(backend, file);
    const size = await stat(path).then(
      (seen) => seen.size,
      () => undefined,
    );
    if (size === 0) found.push(path);
  }
  return found;
}
