import { z } from "zod";
import { allowedErrors } from "./allowed-errors.ts";
import { bake } from "./bake.ts";
import { checks, checksFit } from "./checks.ts";
import { costs, costsInTime } from "./costs.ts";
import { env } from "./environment.ts";
import { checksInTime, gateChecks } from "./gate-checks.ts";
import { jobspec } from "./jobspec.ts";
import { flag, number, text, whole } from "./loose.ts";
import { datacenter, portLabel, release, serviceName, urlPath } from "./names.ts";
import { placement } from "./placement.ts";
import { ports, toFits } from "./ports.ts";
import { registration } from "./registration.ts";
import { except } from "./rules.ts";
import { secretsFit, secrets } from "./secrets.ts";
import { smoke, smokeInTime, smokeSeconds } from "./smoke.ts";
import { approval, steps, stepsInTime } from "./steps.ts";
import { task } from "./task.ts";

const seconds = (least: number, most: number) =>
  number(`a number of seconds, ${least} to ${most}`, least, most);

/** What runs, in both roles. */
export const workload = {
  service: serviceName,
  /**
   * What to run. A canary needs it; production runs the record `promoted` unless it is given here to override that.
   */
  release: release.optional(),
  count: whole("a whole number of instances, at least 1 and at most 10000", 1, 10_000),
  /** MHz for each instance. */
  cpu: whole("a whole number of MHz, at least 1", 1).default(100),
  /** MiB for each instance. */
  memory: whole("a whole number of MiB, at least 10", 10).default(300),
  /** Label of the port on which the service answers. */
  port: portLabel.default(portLabel.parse("http")),
  /** Options of that port, and of further ones, by label. */
  ports,
  /** Health checks beside the two that each instance has. */
  checks,
  task,
  /** Plain environment of the task; no place for secrets. */
  env,
  ...secrets,
  /** Route that says whether an instance wants traffic. */
  statusPath: urlPath.default(urlPath.parse("/status")),
  /** Route with the counts of errors and requests. */
  counterPath: urlPath
    .refine((path) => path !== "/", { error: "must be a route of its own, since it is denied from outside" })
    .default(urlPath.parse("/api/errorAndRequestCount")),
  /** Nomad datacenters. */
  datacenters: z
    .array(datacenter, { error: 'must be a list of datacenters, such as ["dc1"]' })
    .min(1, { error: 'must be a list of datacenters, such as ["dc1"]' })
    .default([datacenter.parse("*")]),
  ...placement,
  ...registration,
  /** Seconds between two looks of HAProxy at an instance's status route. */
  checkIntervalSeconds: seconds(0.1, 60).default(0.25),
  /** Seconds between leaving Consul and the stop signal; derived in stopping.ts unless given. */
  shutdownDelaySeconds: seconds(0, 3600).optional(),
  /** Seconds from the stop signal until an instance that still runs is killed; derived unless given. */
  killTimeoutSeconds: seconds(1, 3600).optional(),
  /** Rules of releases that do not count, each with the reason. */
  except,
};

/** What runs where the job is a file of the user's own: what that file cannot say of two roles and many releases. */
export const fileWorkload = {
  jobspec,
  service: workload.service,
  release: workload.release,
  count: workload.count,
  port: workload.port,
  statusPath: workload.statusPath,
  counterPath: workload.counterPath,
  namespace: workload.namespace,
  checkIntervalSeconds: workload.checkIntervalSeconds,
  except: workload.except,
};

/** What no field can say alone. */
export function fits(
  given: Parameters<typeof checksFit>[0] & Parameters<typeof toFits>[0] & Parameters<typeof secretsFit>[0],
  context: z.RefinementCtx,
): void {
  checksFit(given, context);
  toFits(given, context);
  secretsFit(given, context);
}

/** Whether somebody else sets the number of production's instances, once there are some. */
export const autoscaled = flag.default(false);

/** How a roll-out of production goes. */
export const update = z.strictObject({
  /** Instances replaced at the same time. */
  maxParallel: whole("a whole number of instances, at least 1", 1).default(1),
  /** Seconds that a new instance must be healthy before the next one is replaced. */
  minHealthySeconds: seconds(0, 3600).default(10),
  /** Seconds in which a new instance must become healthy. */
  healthySeconds: seconds(1, 86_400).default(300),
});

const folder = text(4096).refine((path) => path.startsWith("/"), {
  error: "must be a folder, from the root such as /var/lib/nary",
});

const watching = z.strictObject({
  /** Seconds between two looks at the counts. */
  intervalSeconds: seconds(0.1, 60).default(1),
  /** Seconds after which one instance's answer is given up. */
  answerSeconds: seconds(0.1, 60).default(5),
  /** Seconds that the canary may take to be up. */
  startSeconds: seconds(1, 86_400).default(300),
  /** Seconds that the policy may take to decide; then the release is inconclusive. */
  limitSeconds: seconds(1, 604_800).default(3600),
  /** Seconds that production's roll-out may take. */
  rolloutSeconds: seconds(1, 86_400).default(1800),
  /** How production is watched after its roll-out. */
  bake: bake.prefault({}),
  /** Folder of the records of what gates saw; `nary` in XDG's state folder unless given. */
  record: folder.optional(),
  /** Guard rails beside the policy. */
  checks: gateChecks,
  /** What requests may cost in the canary, beside the other side. */
  costs: costs.prefault({}),
  /** HTTP tests that each instance passes before there is traffic. */
  smoke,
  /** Seconds in which all of them must have passed. */
  smokeSeconds,
  /** Errors that do not count for a while. */
  allowedErrors,
  /** What `nary release` does while an older release of the service is under way. */
  onNewer: z
    .enum(["refuse", "wait", "supersede"], {
      error: "must be refuse, wait or supersede: what a newer release does while an older one is under way",
    })
    .default("refuse"),
  /** Whether a release may be promoted on the service's own counts alone, where no HAProxy can be asked for its. */
  witness: z.enum(["optional", "required"], { error: "must be optional or required" }).default("optional"),
  /** The shares that canaries get one after the other, each with a goal of its own; one share throughout unless given. */
  steps,
  /** Whether a person has to agree to the promotion. */
  approval,
  /** What becomes of a canary on which nothing could be decided. */
  onInconclusive: z
    .enum(["destroy", "keep", "extend"], { error: "must be destroy, keep or extend" })
    .default("destroy"),
  /** Names of resources that a promotion may change in production beside the release. */
  allowedChanges: z
    .array(
      z
        .string({ error: "must be a list of names of resources" })
        .min(1, { error: "must be a list of names of resources" }),
      { error: "must be a list of names of resources" },
    )
    .default([]),
});

/** How the gate watches. */
export const gate = watching
  .superRefine(checksInTime)
  .superRefine(costsInTime)
  .superRefine(smokeInTime)
  .superRefine(stepsInTime);
export type GateSettings = z.infer<typeof gate>;
