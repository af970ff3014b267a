import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";

/** A process that nothing else can be taken for, now or after a restart of its machine. */
export const processMark = z.object({
  host: z.string(),
  /** Of the kernel that runs; another one after a restart of the machine. */
  boot: z.string(),
  pid: z.int().positive(),
  /** When it began, in the kernel's ticks since its own start. */
  started: z.string(),
});
export type ProcessMark = z.infer<typeof processMark>;

/**
 * Marks a process of this machine; undefined when there is none of this number.
 *
 * `/proc/PID/stat` (proc(5)): the start is the 22nd word, the twentieth after the name, which stands in parentheses and
 * may hold anything. What has ended and waits for its parent (Z) no longer counts.
 */
export async function markOf(pid: number): Promise<ProcessMark | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, started] = [words[0], words[19]];
  if (state === "Z" || state === "X" || started === undefined) return undefined;
  return { host: hostname(), boot: await bootId(), pid, started };
}

/** What has become of a process that was marked once. */
export async function standingOf(mark: ProcessMark): Promise<"runs" | "ended" | "elsewhere"> {
  if (mark.host !== hostname()) return "elsewhere";
  // Two machines of one name, or containers that share a kernel's name: nothing is known of the other's processes.
  if (mark.boot !== (await bootId())) return "ended";
  const now = await markOf(mark.pid);
  return now !== undefined && now.started === mark.started ? "runs" : "ended";
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
