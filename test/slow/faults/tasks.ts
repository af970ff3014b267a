import { readdir, readFile } from "node:fs/promises";

/** Processes of the tasks that Nomad runs for a job. */
export async function tasksOf(job: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir("/proc")).map(Number).filter(Number.isInteger)) {
    // Gone by now, or another user's.
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (environment.split("\0").includes(`NOMAD_JOB_ID=${job}`)) found.push(pid);
  }
  return found;
}
