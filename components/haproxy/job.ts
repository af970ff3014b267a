import { portsOf } from "../../settings/haproxy.ts";
import { nanoseconds, type NomadJob, type Template } from "../job/nomad.ts";
import { renderConfiguration } from "./configuration.ts";
import { sourcesOf, type Description } from "./description.ts";
import { filesOf, type File } from "./files.ts";
import { files, reloadScript, startScript } from "./scripts.ts";

/** HAProxy as a Nomad job. It does not name the release, so that releases never touch it. */
export function renderHaproxyJob(haproxy: Description): NomadJob {
  const { job } = sourcesOf(haproxy);
  return {
    ID: job,
    Name: job,
    Type: "service",
    Datacenters: haproxy.datacenters,
    Meta: { nary_environment: haproxy.environment, nary_service: haproxy.service, nary_role: "haproxy" },
    TaskGroups: [
      {
        Name: `${job}-group`,
        Count: 1,
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
        Tasks: [
          {
            Name: `${job}-task`,
            Driver: "raw_exec",
            Config: { command: "/bin/sh", args: ["local/start.sh"] },
            Env: { HAPROXY: haproxy.command, NARY_SERVICE: haproxy.service },
            Resources: { CPU: haproxy.cpu, MemoryMB: haproxy.memory },
            // Open requests are ended, new connections refused.
            KillSignal: "SIGUSR1",
            KillTimeout: nanoseconds(5),
            Templates: [
              script("start.sh", startScript),
              script("reload.sh", reloadScript),
              configuration(haproxy),
              ...filesOf(haproxy).map(beside),
            ],
          },
        ],
      },
    ],
  };
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
    Args: ["local/reload.sh"],
    Timeout: nanoseconds(20),
    FailOnError: false,
  },
  // A whole roll of instances is one reload, and yet the next request finds the change.
  Wait: { Min: nanoseconds(0.05), Max: nanoseconds(0.25) },
};
