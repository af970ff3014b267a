import type { Role } from "../../settings/stacks.ts";
import { stoppingOf } from "../../settings/stopping.ts";
import { nanoseconds, type Check, type NomadJob, type Service, type TaskGroup } from "./nomad.ts";
import { renderPlacement } from "./placement.ts";
import { renderTasks } from "./task.ts";
import { renderVolumes } from "./volumes.ts";
import { namesOf, type Workload } from "./workload.ts";

/** Nomad's shortest. HAProxy looks more often by itself. */
const checkEverySeconds = 1;
const checkTimeoutSeconds = 2;

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
    Meta: {
      nary_environment: workload.environment,
      nary_service: workload.service,
      nary_role: role,
      nary_release: workload.release,
    },
    ...renderPlacement(workload),
    ...byRole.job,
    TaskGroups: [
      {
        Name: names.group,
        Count: workload.count,
        ShutdownDelay: nanoseconds(stoppingOf(workload).shutdownDelaySeconds),
        ...byRole.group,
        ...renderVolumes(workload.volumes),
        Networks: [{ DynamicPorts: [{ Label: workload.port }] }],
        Services: [renderService(workload, role)],
        Tasks: renderTasks(workload, role),
      },
    ],
  };
}

/** Never with `check_restart`: an instance that wants no traffic is not to be replaced, its counts would be lost. */
function renderService({ service, port, statusPath, meta, tags }: Workload, role: Role): Service {
  const often = { Interval: nanoseconds(checkEverySeconds), Timeout: nanoseconds(checkTimeoutSeconds) };
  const liveness: Check = { Name: "liveness", Type: "tcp", ...often, OnUpdate: "require_healthy" };
  const routing: Check = {
    Name: "routing",
    Type: "http",
    Path: statusPath,
    ...often,
    // A canary that wants no traffic is there nevertheless; a roll-out of production waits for one that does.
    OnUpdate: role === "canary" ? "ignore" : "require_healthy",
  };
  return {
    Name: namesOf(service, role).service,
    PortLabel: port,
    Provider: "consul",
    ...(Object.keys(meta).length === 0 ? {} : { Meta: meta }),
    ...(tags.length === 0 ? {} : { Tags: tags }),
    Checks: [liveness, routing],
  };
}
