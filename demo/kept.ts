import { readdir, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { markedProcesses } from "./cluster/marks.ts";
import { sweep } from "./cluster/sweep.ts";
import { until } from "./cluster/until.ts";
import { DemoError } from "./errors.ts";

export const folderPrefix = "nary-demo-";
/** Present in the folder of a demo that is to stay when it is over. */
export const keptFile = "kept";

const patienceMs = 60_000;

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A demo's folder is empty only until its keeper is there, so one with something in it and no keeper was killed. */
async function startedFolders(): Promise<string[]> {
  const names = await readdir(tmpdir());
  const folders = names.filter((name) => name.startsWith(folderPrefix)).map((name) => join(tmpdir(), name));
  const started: string[] = [];
  for (const folder of folders) {
    // Another user's cannot be read.
    const content = await readdir(folder).catch(() => []);
    if (content.length > 0) started.push(await realpath(folder));
  }
  return started;
}

/**
 * Ends what earlier demos left running: those that were kept, and those that were killed together with their keeper. A
 * demo that is at work is left alone. Resolves to the folders.
 *
 * @param only - the one folder to look at
 */
export async function endKept(only?: string): Promise<string[]> {
  const folders = (await startedFolders()).filter((folder) => only === undefined || folder === resolve(only));
  const keepers = (await markedProcesses()).filter(({ part }) => part === "keeper");
  const ended: string[] = [];
  for (const folder of folders) {
    const keeper = keepers.find((one) => one.folder === folder);
    if (keeper !== undefined && !(await exists(join(folder, keptFile)))) continue;
    if (keeper !== undefined) {
      process.kill(keeper.pid, "SIGTERM");
      await until(async () => ((await exists(folder)) ? undefined : true), patienceMs);
    }
    const left = await sweep(folder);
    if (left.length > 0) throw new DemoError("cluster", `Could not be ended: ${left.join(", ")}.`);
    ended.push(folder);
  }
  return ended;
}
