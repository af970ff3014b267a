import type { HaproxyPlacement } from "../../settings/haproxy-placement.ts";
import { portsOf } from "../../settings/haproxy.ts";
import { nanoseconds, type NomadJob, type Template } from "../job/nomad.ts";
import { renderPlacement } from "../job/placement.ts";
import { renderConfiguration } from "./configuration.ts";
import { registeredNames, sourcesOf, type Description } from "./description.ts";
import { filesOf, type File } from "./files.ts";
import { files, reloadScript, startScript } from "./scripts.ts";

/** Between a change and its rendering: a whole roll of instances is one reload, and yet the next request finds it. */
export const waitSeconds = { min: 0.05, max: 0.25 };

/** After which a reload has gone wrong. */
export const reloadSeconds = 20;

/** A HAProxy that Nomad places. */
export type Placed = Omit<Description, "placement"> & {
  placement: Exclude<HaproxyPlacement, { type: "published" }>;
};

/** HAProxy as a Nomad job. It does not name the release, so that releases never touch it. */
export function renderHaproxyJob(haproxy: Placed): NomadJob {
  const { placement } = haproxy;
  const { job } = sourcesOf(haproxy);
  const { count, ...type } = renderType(placement);
  return {
    ID: job,
    Name: job,
    ...type,
    Datacenters: placement.datacenters ?? haproxy.datacenters,
    Meta: { nary_environment: haproxy.environment, nary_service: haproxy.service, nary_role: "haproxy" },
    TaskGroups: [
      {
        Name: `${job}-group`,
        Count: count,
        RestartPolicy: {
          Attempts: 10,
          Mode: "delay",
          Delay: nanoseconds(1),
          Interval: nanoseconds(60),
        },
        Networks: [
          {
            ReservedPorts: portsOf(haproxy).map(({ label, port }) => ({ Label: label, Value: port })),
          },
        ],
        // By which the gate of each service finds all HAProxies in front of it.
        Services: registeredNames(haproxy).map((name) => ({
          Name: name,
          PortLabel: "stats",
          Provider: "consul" as const,
          Checks: [],
        })),
        Tasks: [
          {
            Name: `${job}-task`,
            Driver: "raw_exec",
            Config: { command: "/bin/sh", args: [`local/${files.start}`] },
            Env: { HAPROXY: haproxy.command },
            Resources: { CPU: haproxy.cpu, MemoryMB: haproxy.memory },
            // Open requests are ended, new connections refused.
            KillSignal: "SIGUSR1",
            KillTimeout: nanoseconds(5),
            // Where Consul denies by default, the template's right to read is this task's own.
            Consul: {},
            Templates: [
              script(files.start, startScript),
              script(files.reload, reloadScript),
              configuration(haproxy),
              ...filesOf(haproxy).map(beside),
            ],
          },
        ],
      },
    ],
  };
}

type ByType = Pick<NomadJob, "Type" | "Update"> & ReturnType<typeof renderPlacement> & { count: number };

function renderType(placement: Placed["placement"]): ByType {
  switch (placement.type) {
    case "service":
      return { Type: "service", count: placement.count, ...renderPlacement(apart(placement)) };
    case "system":
      return {
        Type: "system",
        count: 1,
        ...renderPlacement({ ...placement, affinities: [], spreads: [] }),
        // One client after the other, as Nomad does with services by itself.
        Update: {
          MaxParallel: 1,
          HealthCheck: "task_states",
          MinHealthyTime: nanoseconds(5),
          HealthyDeadline: nanoseconds(60),
          ProgressDeadline: nanoseconds(120),
          AutoRevert: false,
        },
      };
  }
}

/** Nomad would place two on a client that has two addresses, where both want the same one. */
function apart(placement: Extract<Placed["placement"], { type: "service" }>) {
  if (placement.count === 1) return placement;
  const constraints = [...placement.constraints, { operator: "distinct_hosts" } as const];
  return { ...placement, constraints };
}

function script(name: string, text: string): Template {
  return { EmbeddedTmpl: text, DestPath: `local/${name}`, Perms: "0755", ChangeMode: "noop" };
}

function configuration(haproxy: Description): Template {
  return {
    EmbeddedTmpl: renderConfiguration(haproxy),
    DestPath: `local/${files.rendered}`,
    Perms: "0644",
    ...reload,
  };
}

function beside({ path, template, perms, reloads }: File): Template {
  const file = { EmbeddedTmpl: template, DestPath: path, Perms: perms };
  return reloads ? { ...file, ...reload } : { ...file, ChangeMode: "noop" };
}

const reload = {
  ChangeMode: "script" as const,
  ChangeScript: {
    Command: "/bin/sh",
    Args: [`local/${files.reload}`],
    Timeout: nanoseconds(reloadSeconds),
    FailOnError: false,
  },
  Wait: { Min: nanoseconds(waitSeconds.min), Max: nanoseconds(waitSeconds.max) },
  // Nomad's own is up to five seconds, at random, for scripts that must not run on all clients at once.
  Splay: 0,
};
