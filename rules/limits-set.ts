import { tasksOf, type JobView } from "./job.ts";
import type { Violation } from "./violation.ts";

/** A task without limits takes what its neighbours need, and its watch says nothing of production. */
export function limitsSet(job: JobView): Violation[] {
  return tasksOf(job).flatMap(({ Name: name, Resources: limits }) => {
    const missing = [
      ...((limits?.CPU ?? 0) > 0 || (limits?.Cores ?? 0) > 0 ? [] : ["CPU"]),
      ...((limits?.MemoryMB ?? 0) > 0 ? [] : ["memory"]),
    ];
    if (missing.length === 0) return [];
    return [
      {
        rule: "limits-set" as const,
        what: `the task ${name} of the job ${job.ID} has no limit of ${missing.join(" and ")}`,
        mend: "set its cpu and memory",
      },
    ];
  });
}
