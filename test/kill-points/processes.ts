import { readdir, readFile } from "node:fs/promises";

/** Processes that another one has started. */
export async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const all = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(words[1]) === parent ? [pid] : [];
    }),
  );
  return all.flat();
}

/** Kills at once, whatever it does. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
