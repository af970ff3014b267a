import { z } from "zod";
import { gate } from "../../settings/workload.ts";
import { renderInstances } from "./instances.ts";
import { nanoseconds, type NomadJob, type TaskGroup } from "./nomad.ts";
import { workload } from "./workload.ts";

/** Which of the two sides that are there for the time of a release. */
export const watchedRole = z.enum(["canary", "twin"], { error: "must be canary or twin" }).default("canary");

export const canaryWorkload = workload.extend({ role: watchedRole, startSeconds: gate.shape.startSeconds });
export type CanaryWorkload = z.infer<typeof canaryWorkload>;

/** Nomad wants the progress deadline above the healthy deadline. */
const graceSeconds = 60;

/** A canary that dies stays dead. */
export const canaryRetries: Pick<TaskGroup, "RestartPolicy" | "ReschedulePolicy"> = {
  RestartPolicy: { Attempts: 0, Mode: "fail" },
  ReschedulePolicy: { Attempts: 0, Unlimited: false },
};

/** The job of the canaries, or of the twins, which live as they do. One that dies stays dead, since it has failed. */
export function renderCanaryJob(canary: CanaryWorkload): NomadJob {
  return renderInstances(canary, canary.role, {
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
