import { z } from "zod";
import { reschedule, restart } from "../../settings/retries.ts";
import { autoscaled, update } from "../../settings/workload.ts";
import { renderInstances } from "./instances.ts";
import { nanoseconds, type NomadJob } from "./nomad.ts";
import { renderReschedule, renderRestart } from "./retries.ts";
import { workload } from "./workload.ts";

export const serviceWorkload = workload.extend({
  update: update.prefault({}),
  restart: restart.optional(),
  reschedule: reschedule.optional(),
  autoscaled,
});
export type ServiceWorkload = z.infer<typeof serviceWorkload>;

/** Nomad wants the progress deadline above the healthy deadline; an image has to be pulled too. */
const graceSeconds = 300;

/** The job of production. Going back after a failed roll-out is the gate's, so Nomad does not do it by itself. */
export function renderServiceJob(service: ServiceWorkload): NomadJob {
  const { restart: restarts, reschedule: reschedules } = service;
  const { maxParallel, minHealthySeconds, healthySeconds } = service.update;
  return renderInstances(service, "production", {
    job: {
      Update: {
        MaxParallel: maxParallel,
        HealthCheck: "checks",
        MinHealthyTime: nanoseconds(minHealthySeconds),
        HealthyDeadline: nanoseconds(healthySeconds),
        ProgressDeadline: nanoseconds(healthySeconds + graceSeconds),
        AutoRevert: false,
      },
    },
    group: {
      ...(restarts === undefined ? {} : { RestartPolicy: renderRestart(restarts) }),
      ...(reschedules === undefined ? {} : { ReschedulePolicy: renderReschedule(reschedules) }),
    },
  });
}
