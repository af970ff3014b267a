import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../settings/names.ts";
import type { Allocation, Deployment, Job } from "../clients/nomad-answers.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { placementFailures } from "../discover/placement.ts";

const lookMs = 500;

export type RolloutState = {
  state: "running" | "done" | "failed";
  healthy: number;
  desired: number;
  why: string;
};
export type Rollout =
  | { ok: true }
  /** `untouched`: it has not even begun. */
  | { ok: false; why: string; untouched?: boolean };

/** Follows Nomad's roll-out of production's job to its end. */
export async function followRollout(
  context: Context,
  release: Release,
  signal: AbortSignal,
): Promise<Rollout> {
  const { nomad, service, settings, tell } = context;
  const seconds = settings.gate.rolloutSeconds;
  const end = performance.now() + seconds * 1000;
  let told = "";
  let placement: string[] = [];
  let lost: string | undefined;
  for (;;) {
    const job = await patiently(() => nomad.job(service, signal), { signal });
    const deployments = await patiently(() => nomad.deployments(service, signal), { signal });
    // Last, so that what is told of an end is not of a moment before it.
    const { allocations } = await patiently(() => nomad.allocations(service, 0, signal), { signal });
    const now = rolloutState(release, job, allocations, deployments);
    const serving = servingIn(allocations);
    const line = `${now.healthy}/${now.desired} ${serving} ${now.state}`;
    if (line !== told) {
      told = line;
      const { healthy, desired, state: status } = now;
      tell({ event: "rollout", job: service, release, healthy, desired, serving, status });
    }
    const loss = job && capacityLost(job, serving);
    if (loss !== undefined && loss !== lost) tell({ event: "warning", why: loss });
    lost = loss;
    if (now.state === "done") return { ok: true };
    if (now.state === "failed") return { ok: false, why: now.why };

    const evaluations = await patiently(() => nomad.evaluations(service, signal), { signal });
    const failures = placementFailures(evaluations);
    for (const why of failures.filter((each) => !placement.includes(each))) tell({ event: "warning", why });
    placement = failures;
    if (performance.now() > end) {
      const reasons = [now.why, ...placement].join("; ");
      return { ok: false, why: `the roll-out was not done within ${seconds} s: ${reasons}` };
    }
    await sleep(lookMs, undefined, { signal });
  }
}

/** Instances of whatever version that run and are to go on running. */
export function servingIn(allocations: readonly Allocation[]): number {
  return allocations.filter(
    ({ client, desired, healthy }) => client === "running" && desired === "run" && healthy !== false,
  ).length;
}

/** Says so where fewer instances serve than a roll-out leaves, as when a node is lost meanwhile. */
export function capacityLost({ count, maxParallel }: Job, serving: number): string | undefined {
  const least = Math.max(0, count - maxParallel);
  if (serving >= least) return undefined;
  return `production serves with ${serving} of ${count} instances, where the roll-out by itself leaves ${least}`;
}

/**
 * Where the roll-out of a release is. Nomad's deployment is matched by the job's version; a job that is registered
 * unchanged makes none, and then its running instances are what counts.
 */
export function rolloutState(
  release: Release,
  job: Job | undefined,
  allocations: readonly Allocation[],
  deployments: readonly Deployment[],
): RolloutState {
  const none = { healthy: 0, desired: job?.count ?? 0 };
  const changed = changedJob(release, job);
  if (job === undefined || changed !== undefined) return { ...none, state: "failed", why: changed ?? "" };
  const current = allocations.filter(
    ({ jobVersion, desired }) => jobVersion === job.version && desired === "run",
  );
  const deployment = deploymentOf(job, deployments);
  if (deployment === undefined) return withoutDeployment(job, current);
  const { healthy, desired, status, why } = deployment;
  switch (status) {
    case "successful":
      return { healthy, desired, state: "done", why };
    case "failed":
      return { healthy, desired, state: "failed", why: [why, ...failuresOf(current)].join("; ") };
    default:
      // A cancelled one too: the job was changed or stopped after it was read, and the next look says how.
      return { healthy, desired, state: "running", why: `the deployment is ${status}: ${why}` };
  }
}

/** Why production's job is not the one that was brought up; undefined where it is. */
export function changedJob(release: Release, job: Job | undefined): string | undefined {
  if (job === undefined || job.stopped) return "the job is not registered";
  const runs = job.meta["nary_release"] ?? "none";
  return runs === release ? undefined : `the job was changed by somebody else: it runs the release ${runs}`;
}

/** That of the job as it is registered now. */
export function deploymentOf(job: Job, deployments: readonly Deployment[]): Deployment | undefined {
  return deployments.find(
    ({ jobVersion, jobCreateIndex }) => jobVersion === job.version && jobCreateIndex === job.createIndex,
  );
}

function withoutDeployment(job: Job, current: readonly Allocation[]): RolloutState {
  const healthy = current.filter((each) => each.client === "running" && each.healthy !== false).length;
  const state = healthy >= job.count ? "done" : "running";
  return { healthy, desired: job.count, state, why: "the deployment has not begun" };
}

function failuresOf(allocations: readonly Allocation[]): string[] {
  return allocations
    .filter(({ client, healthy }) => client === "failed" || healthy === false)
    .flatMap(({ id, tasks }) =>
      Object.entries(tasks).map(([name, { events }]) => {
        const last = events.at(-1);
        return `${id.slice(0, 8)} task ${name}: ${last?.message ?? "no event"}`;
      }),
    );
}
