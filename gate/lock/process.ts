import { readdir, readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";

/** A process that nothing else can be taken for, now or after a restart of its machine. */
export const processMark = z.object({
  host: z.string(),
  /** Of the kernel that runs; another one after a restart of the machine. */
  boot: z.string(),
  /** In which its number counts: containers of one name have numbers of their own. */
  namespace: z.string(),
  pid: z.int().positive(),
  /** When it began, in the kernel's ticks since its own start. */
  started: z.string(),
});
export type ProcessMark = z.infer<typeof processMark>;

/**
 * Marks a process of this machine; undefined when there is none of this number.
 *
 * What has ended and waits for its parent (Z) no longer counts.
 */
export async function markOf(pid: number): Promise<ProcessMark | undefined> {
  const now = await statusOf(pid);
  return now && { ...(await here()), pid, started: now.started };
}

/**
 * Processes of this machine that are left of the session that a process led. Its number stands for no other session
 * before they have all ended.
 */
export async function leftOfSession(leader: ProcessMark): Promise<number[]> {
  const now = await statusOf(leader.pid);
  if (now !== undefined && now.started !== leader.started) return [];
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const all = await Promise.all(pids.map(async (pid) => ({ pid, status: await statusOf(pid) })));
  return all.flatMap(({ pid, status }) => (status?.session === leader.pid ? [pid] : []));
}

/**
 * `/proc/PID/stat` (proc(5)): the session is the sixth word and the start the 22nd, the fourth and the twentieth after
 * the name, which stands in parentheses and may hold anything.
 */
async function statusOf(pid: number): Promise<{ session: number; started: string } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, , , session, started] = [words[0], words[1], words[2], words[3], words[19]];
  if (state === "Z" || state === "X" || started === undefined) return undefined;
  return { session: Number(session), started };
}

/** What has become of a process that was marked once. */
export async function standingOf(mark: ProcessMark): Promise<"runs" | "ended" | "elsewhere"> {
  const { host, boot, namespace } = await here();
  // Of another machine or container of the same name nothing is known, nor whether it is this one before a restart.
  if (mark.host !== host || mark.boot !== boot || mark.namespace !== namespace) return "elsewhere";
  const now = await markOf(mark.pid);
  return now !== undefined && now.started === mark.started ? "runs" : "ended";
}

async function here(): Promise<Pick<ProcessMark, "host" | "boot" | "namespace">> {
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  return { host: hostname(), boot, namespace: await readlink("/proc/self/ns/pid") };
}
