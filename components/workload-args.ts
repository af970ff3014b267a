import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { release, type Release } from "../settings/names.ts";
import type { RuleName } from "../settings/rules.ts";
import { checkArgs } from "./check-args.ts";
import type { BesideArgs } from "./job/beside-args.ts";
import type { HealthArgs } from "./job/health-args.ts";
import type { PlacementArgs } from "./job/placement-args.ts";
import type { Transform } from "./job/transform.ts";

/** Arguments of both jobs. The characters that names, paths and releases may have are those of the settings. */
export interface WorkloadArgs extends PlacementArgs, BesideArgs, HealthArgs {
  /** The pair of stacks that this job belongs to, such as `default` or `staging`; part of keys in Consul. */
  environment: string;
  /** Name of the service; job, group, task and the registration in Consul are named after it. */
  service: string;
  /** What to run: an image under docker, the path of an executable under exec and raw_exec. May be the output of a build. */
  release: string | pulumi.Output<string>;
  /** Number of instances, at least 1. */
  count: number;
  /** Has arguments of its own, see JobspecArgs. Default: none, the job is made of these arguments. */
  jobspec?: undefined;
  /**
   * How Nomad runs the release, each driver with its own options: `{ driver: "docker" }`; `{ driver: "exec" }`, a
   * process shut off from its neighbours; `{ driver: "raw_exec" }`, a process as any other on the client.
   */
  task:
    | {
        driver: "docker";
        /** Instead of the image's own command. */
        command?: string | undefined;
        /** Arguments of the command. Default: none. */
        args?: string[] | undefined;
        /** Pull the image even when the client has it. Default: false. */
        forcePull?: boolean | undefined;
        /** Docker's network mode. Default: Docker's own. */
        networkMode?: string | undefined;
      }
    | {
        driver: "exec" | "raw_exec";
        /** Instead of the release itself, which is in the environment as NARY_RELEASE. */
        command?: string | undefined;
        /** Arguments of the command. Default: none. */
        args?: string[] | undefined;
      };
  /** MHz for each instance. Default: 100. */
  cpu?: number | undefined;
  /** MiB for each instance. Default: 300. */
  memory?: number | undefined;
  /** Variables of the task's environment; no place for secrets. Default: none. */
  env?: Record<string, string> | undefined;
  /**
   * Variables of the environment whose text is in Nomad Variables of the job's namespace, and neither in the job nor in the
   * stack's state. A task waits for a path that is not there, and does not hear of a change until it is started anew: the
   * next release does that, and for a restart of all at once there are `templates`. Default: none.
   *
   * @example
   * secrets: { DB_PASSWORD: { path: "nary/api", item: "db_password" } }
   */
  secrets?:
    | Record<
        string,
        {
          /** Path of the Nomad Variable. Default: `nomad/jobs/<service>`, which production may read by its name. */
          path?: string | undefined;
          /** Its item: letters, digits and underscores. */
          item: string;
        }
      >
    | undefined;
  /**
   * Whether an ACL policy is declared by which the job may read those secrets that its name does not allow, which is each
   * one for a canary. Needed where Nomad's ACLs are on, and refused by Nomad where they are off; the provider's token
   * has to be one of management. Default: false.
   */
  secretsPolicy?: boolean | undefined;
  /** Route that says whether an instance wants traffic. Default: `/status`. */
  statusPath?: string | undefined;
  /** What Consul keeps with each instance, by name; names with nary_ in front are taken. Default: none. */
  meta?: Record<string, string> | undefined;
  /** Tags of each instance in Consul. Default: none. */
  tags?: string[] | undefined;
  /**
   * Seconds between two looks of HAProxy at the status route, 0.1 to 60: what is given to the Haproxy in front. The next
   * two are derived from it. Default: 0.25.
   */
  checkIntervalSeconds?: number | undefined;
  /**
   * Seconds between leaving Consul and the stop signal, in which HAProxy hears of it. Default: 1, and twice the check
   * interval, rounded up; so 2.
   */
  shutdownDelaySeconds?: number | undefined;
  /**
   * Seconds from the stop signal until an instance that still runs is killed, above what the app takes to stop by
   * itself. Default: 11.5, and twice the check interval, rounded up, but at most 30, since Nomad's clients allow no more
   * unless they are told; so 12.
   */
  killTimeoutSeconds?: number | undefined;
  /**
   * Rules of releases (docs/rules.md) that do not count, by name, each with the reason; a warning tells of each of them.
   * Default: none, all rules count.
   */
  except?: Partial<Record<RuleName, string>> | undefined;
  /**
   * Changes the job before Nomad gets it, for whatever Nomad has and these arguments do not name: fields are those of
   * Nomad's HTTP API. ID, namespace, region,
   * number of instances, the meta of Nary and the service's name have to stay. Canary and production should be given
   * the same one: what is watched is what is promoted. Default: none.
   *
   * @example
   * transform: (job) => ({
   *   ...job,
   *   TaskGroups: job.TaskGroups.map((group) => ({ ...group, EphemeralDisk: { SizeMB: 500 } })),
   * })
   */
  transform?: Transform | undefined;
}

const later = z.custom<pulumi.Output<string>>((value) => pulumi.Output.isInstance(value));

/** A release, or one that is known only when something has been made. */
export const releaseInput = z.union([release, later], {
  error: "must be an image reference, or under exec and raw_exec the path of an executable",
});

/** Renders once the release is known: at once when it is a text. */
export function withRelease(
  component: string,
  given: z.output<typeof releaseInput>,
  render: (release: Release) => string,
): pulumi.Output<string> {
  if (!pulumi.Output.isInstance(given)) return pulumi.output(render(given));
  return given.apply((text) =>
    render(checkArgs(component, z.object({ release }), { release: text }).release),
  );
}
