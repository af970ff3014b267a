import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What belongs to a cluster says so in its environment, which every child inherits: Nomad's tasks outlive a killed
 * Nomad, and nothing else tells whose they were.
 */
const variable = "NARY_LOOPBACK";
const patienceMs = 10_000;

/** keeper: ends the rest. server: Consul, Nomad and its tasks. client: what was started to use them. */
export type Part = "keeper" | "server" | "client";

export function mark(part: Part, folder: string): Record<string, string> {
  return { [variable]: `${part}:${folder}` };
}

export type Marked = { pid: number; part: Part; folder: string };

const pattern = new RegExp(`^${variable}=(keeper|server|client):(.+)$`);

/** The mark in a process's environment, as /proc gives it. */
export function readMark(pid: number, environment: string): Marked | undefined {
  for (const entry of environment.split("\0")) {
    const [, name, folder] = pattern.exec(entry) ?? [];
    if (folder === undefined) continue;
    const part = name === "keeper" || name === "server" ? name : "client";
    return { pid, part, folder };
  }
  return undefined;
}

/** All marked processes that this user may look at. */
export async function markedProcesses(): Promise<Marked[]> {
  const found: Marked[] = [];
  for (const entry of await readdir("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    // Gone by now, or another user's.
    const environment = await readFile(`/proc/${entry}/environ`, "utf8").catch(() => "");
    const marked = readMark(pid, environment);
    if (marked !== undefined) found.push(marked);
  }
  return found;
}

export async function processesOf(folder: string, parts: readonly Part[]): Promise<number[]> {
  const all = await markedProcesses();
  return all.filter((one) => one.folder === folder && parts.includes(one.part)).map(({ pid }) => pid);
}

/**
 * Kills all of a cluster's processes of some parts; a dying one may start another, hence the rounds. Resolves to those
 * that are still there when the patience is over.
 */
export async function killProcesses(folder: string, parts: readonly Part[]): Promise<number[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const pids = await processesOf(folder, parts);
    if (pids.length === 0 || Date.now() > deadline) return pids;
    for (const pid of pids) kill(pid);
    await sleep(50);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
