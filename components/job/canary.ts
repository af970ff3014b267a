import { z } from "zod";
import { gate } from "../../settings/workload.ts";
import { renderInstances } from "./instances.ts";
import { nanoseconds, type NomadJob, type TaskGroup } from "./nomad.ts";
import { workload } from "./workload.ts";

export const canaryWorkload = workload.extend({ startSeconds: gate.shape.startSeconds });
export type CanaryWorkload = z.infer<typeof canaryWorkload>;

/** Nomad wants the progress deadline above the healthy deadline. */
const graceSeconds = 60;

/** A canary that dies stays dead. */
export const canaryRetries: Pick<TaskGroup, "RestartPolicy" | "ReschedulePolicy"> = {
  RestartPolicy: { Attempts: 0, Mode: "fail" },
  ReschedulePolicy: { Attempts: 0, Unlimited: false },
};

/** The job of the canaries. One that dies stays dead, since it is a failed canary. */
export function renderCanaryJob(canary: CanaryWorkload): NomadJob {
  return renderInstances(canary, "canary", {
    job: {
      Update: {
        // Canaries of another release are replaced all at once: nobody waits for the old ones.
        MaxParallel: canary.count,
        HealthCheck: "checks",
        MinHealthyTime: nanoseconds(1),
        HealthyDeadline: nanoseconds(canary.startSeconds),
        ProgressDeadline: nanoseconds(canary.startSeconds + graceSeconds),
        AutoRevert: false,
      },
    },
    group: canaryRetries,
  });
}
