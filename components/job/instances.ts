import type { Role } from "../../settings/stacks.ts";
import { stoppingOf } from "../../settings/stopping.ts";
import { renderChecks } from "./checks.ts";
import { nanoseconds, type NomadJob, type Service, type TaskGroup } from "./nomad.ts";
import { renderPlacement } from "./placement.ts";
import { renderNetwork } from "./ports.ts";
import { renderTasks } from "./task.ts";
import { renderVolumes } from "./volumes.ts";
import { identityOf, namesOf, type Workload } from "./workload.ts";

/** Job, group, service and task of one role, as far as both roles have them in common. */
export function renderInstances(
  workload: Workload,
  role: Role,
  byRole: { job: Pick<NomadJob, "Update">; group: Pick<TaskGroup, "RestartPolicy" | "ReschedulePolicy"> },
): NomadJob {
  const names = namesOf(workload.service, role);
  return {
    ID: names.job,
    Name: names.job,
    Type: "service",
    Datacenters: workload.datacenters,
    Meta: identityOf(workload, role),
    ...renderPlacement(workload),
    ...byRole.job,
    TaskGroups: [
      {
        Name: names.group,
        Count: workload.count,
        ShutdownDelay: nanoseconds(stoppingOf(workload).shutdownDelaySeconds),
        ...byRole.group,
        ...renderVolumes(workload.volumes),
        Networks: [renderNetwork(workload)],
        Services: [renderService(workload, role)],
        Tasks: renderTasks(workload, role),
      },
    ],
  };
}

function renderService(workload: Workload, role: Role): Service {
  const { service, port, meta, tags } = workload;
  return {
    Name: namesOf(service, role).service,
    PortLabel: port,
    Provider: "consul",
    ...(Object.keys(meta).length === 0 ? {} : { Meta: meta }),
    ...(tags.length === 0 ? {} : { Tags: tags }),
    Checks: renderChecks(workload, role),
  };
}
