import { mkdir, readdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** How many records of a service are kept; older ones go when a new one begins. */
const kept = 50;
const ending = ".ndjson";

type Names = { environment: string; service: string };

/**
 * Where the records of all services are unless a folder is given: `nary` in XDG_STATE_HOME, which is `~/.local/state`
 * where it is not set. A relative one is ignored, as the XDG Base Directory Specification has it.
 */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const given = environment["XDG_STATE_HOME"] ?? "";
  return join(isAbsolute(given) ? given : join(homedir(), ".local", "state"), "nary");
}

/** The file of a new record below the folder, which is made where it is missing; the oldest records make room. */
export async function newFile(folder: string, { environment, service }: Names, at: Date): Promise<string> {
  const own = join(folder, `${environment}-${service}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  // Sorted by name they are sorted by time.
  const records = (await readdir(own)).filter((name) => name.endsWith(ending)).sort();
  for (const name of records.slice(0, Math.max(0, records.length - kept + 1))) {
    await rm(join(own, name), { force: true });
  }
  return join(own, `${at.toISOString().replaceAll(":", "-")}${ending}`);
}
