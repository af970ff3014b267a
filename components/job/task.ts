import type { Role } from "../../settings/stacks.ts";
import { stoppingOf } from "../../settings/stopping.ts";
import { renderFiles } from "./files.ts";
import type { Helper } from "./helpers.ts";
import { nanoseconds, type DriverConfig, type Task, type Template } from "./nomad.ts";
import { labelsOf } from "./ports.ts";
import { renderSecrets } from "./secrets.ts";
import { renderMounts } from "./volumes.ts";
import { namesOf, type Workload } from "./workload.ts";

/** All tasks of an instance, the one that runs the release first. */
export function renderTasks(workload: Workload, role: Role): Task[] {
  const { sidecars, prestart } = workload;
  return [
    renderTask(workload, role),
    ...prestart.map((helper) => renderHelper(workload, role, helper, "prestart")),
    ...sidecars.map((helper) => renderHelper(workload, role, helper, "sidecar")),
  ];
}

function renderTask(workload: Workload, role: Role): Task {
  return {
    Name: namesOf(workload.service, role).task,
    Driver: workload.task.driver,
    Config: renderConfig(workload),
    Env: renderEnvironment(workload, role),
    ...renderRest(workload, workload, renderSecrets(workload)),
  };
}

/** Nomad starts both kinds before the main task; a sidecar goes on as long as that runs. */
function renderHelper(workload: Workload, role: Role, helper: Helper, kind: "prestart" | "sidecar"): Task {
  const { name, task } = helper;
  return {
    Name: `${name}-${kind}`,
    Driver: task.driver,
    Config:
      task.driver === "docker"
        ? renderContainer(task, task.image, [])
        : { command: task.command, args: task.args },
    Env: { ...helper.env, ...identity(workload, role) },
    ...renderRest(workload, helper),
    Lifecycle: { Hook: "prestart", Sidecar: kind === "sidecar" },
  };
}

/** What does not depend on what a task is for. */
function renderRest(
  workload: Workload,
  task: Pick<Workload, "cpu" | "memory" | "templates" | "artifacts">,
  templates: Template[] = [],
) {
  return {
    Resources: { CPU: task.cpu, MemoryMB: task.memory },
    // raw_exec sends SIGINT unless told; SIGTERM is what services stop on.
    KillSignal: "SIGTERM",
    KillTimeout: nanoseconds(stoppingOf(workload).killTimeoutSeconds),
    ...renderFiles(task, templates),
    ...renderMounts(workload.volumes),
  };
}

function renderConfig(workload: Workload): DriverConfig {
  const { task, release } = workload;
  switch (task.driver) {
    case "docker":
      return renderContainer(task, release, labelsOf(workload));
    case "exec":
    case "raw_exec":
      return { command: task.command ?? release, args: task.args };
  }
}

type Container = Omit<Extract<Workload["task"], { driver: "docker" }>, "driver">;

function renderContainer(
  { args, command, forcePull, networkMode }: Container,
  image: string,
  ports: string[],
): DriverConfig {
  return {
    image,
    ...(ports.length === 0 ? {} : { ports }),
    force_pull: forcePull,
    args,
    ...(command === undefined ? {} : { command }),
    ...(networkMode === undefined ? {} : { network_mode: networkMode }),
  };
}

/** A container has an address of its own, which Nomad's is forwarded to, unless it shares the client's network. */
function hasOwnAddress(task: Workload["task"]): boolean {
  return task.driver === "docker" && task.networkMode !== "host";
}

function renderEnvironment(workload: Workload, role: Role): Record<string, string> {
  const { env, port, task } = workload;
  return {
    PORT: `\${NOMAD_PORT_${port}}`,
    HOST: hasOwnAddress(task) ? "0.0.0.0" : `\${NOMAD_IP_${port}}`,
    ...env,
    ...identity(workload, role),
  };
}

/** What each task is told of the instance. */
function identity({ release, service }: Workload, role: Role): Record<string, string> {
  return { NARY_RELEASE: release, NARY_ROLE: role, NARY_SERVICE: service };
}
