import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { processesOf } from "../cluster/marks.ts";
import { until } from "../cluster/until.ts";

const patienceMs = 5_000;

/** Of the database of a cluster that has one. */
export function dataFolder(folder: string): string {
  return join(folder, "postgres", "data");
}

/**
 * Tells a cluster's PostgreSQL to end at once but in its own way: killed, it leaves shared memory behind. One that does
 * not is for the caller to kill.
 */
export async function endPostgres(folder: string): Promise<void> {
  const file = join(dataFolder(folder), "postmaster.pid");
  const pid = Number.parseInt(await readFile(file, "utf8").catch(() => ""));
  if (!(pid > 0)) return;
  const isThere = async () => (await processesOf(folder, ["server"])).includes(pid);
  if (!(await isThere())) return;
  process.kill(pid, "SIGQUIT");
  await until(async () => ((await isThere()) ? undefined : true), patienceMs, 50);
}
