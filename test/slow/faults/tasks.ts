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

/** Kills the processes of the tasks that Nomad runs for a job. Resolves to those that were there until then. */
export async function killTasks(job: string): Promise<number[]> {
  return (await tasksOf(job)).filter((pid) => {
    try {
      return process.kill(pid, "SIGKILL");
    } catch (error) {
      // A script beside the task may have come to its end.
      if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
      throw error;
    }
  });
}
