import { mkdir, readdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Of how many releases of a service the records are kept; older ones go when a new one begins. */
const kept = 50;
const ending = ".ndjson";
const evidenceEnding = ".evidence.json";

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
export async function newFile(folder: string, names: Names, at: Date): Promise<string> {
  return join(await withRoom(folder, names), nameOf(at) + ending);
}

/** The file of the evidence of a canary that no record is of. */
export async function newEvidenceFile(folder: string, names: Names, at: Date): Promise<string> {
  return join(await withRoom(folder, names), nameOf(at) + evidenceEnding);
}

/** Where the evidence is kept that belongs to a record. */
export function evidenceFileOf(record: string): string {
  return (record.endsWith(ending) ? record.slice(0, -ending.length) : record) + evidenceEnding;
}

/** A service's own folder, in which there is room for one more: a record goes together with its evidence. */
async function withRoom(folder: string, { environment, service }: Names): Promise<string> {
  const own = join(folder, `${environment}-${service}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const names = await readdir(own);
  const stems = names.flatMap((name) => {
    const found = [ending, evidenceEnding].find((each) => name.endsWith(each));
    return found === undefined ? [] : [name.slice(0, -found.length)];
  });
  // Sorted by name they are sorted by time.
  const releases = [...new Set(stems)].sort();
  for (const stem of releases.slice(0, Math.max(0, releases.length - kept + 1))) {
    await rm(join(own, stem + ending), { force: true });
    await rm(join(own, stem + evidenceEnding), { force: true });
  }
  return own;
}

const nameOf = (at: Date) => at.toISOString().replaceAll(":", "-");
