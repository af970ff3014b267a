import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../settings/names.ts";
import type { Allocation, Deployment, Job } from "../clients/nomad-answers.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { reasonOf } from "../errors.ts";
import { deploymentOf, servingIn } from "./rollout.ts";

const lookMs = 500;
/** An instance that takes longer to be healthy is not waited for: the release that it runs is not wanted. */
const mostSeconds = 30;

type Production = Pick<Context, "nomad" | "service" | "tell">;

/**
 * Holds the roll-out that production is to go back from, whatever of, so that it goes no further meanwhile.
 *
 * Nomad rolls out each version of a job by itself, without regard to instances that the version before has started and
 * that do not serve yet: going back at once could take away the last that does. So those that start are waited for, for
 * half a minute at most, where else less would be left than a roll-out leaves, and than half of production.
 *
 * @param to - what it goes back to
 */
export async function holdRollout(context: Production, to: Release): Promise<void> {
  const { nomad, service, tell } = context;
  const end = performance.now() + mostSeconds * 1000;
  let told = "";
  let asked: string | undefined;
  for (;;) {
    const job = await patiently(() => nomad.job(service));
    const release = job?.meta["nary_release"] ?? "none";
    if (job === undefined || job.stopped || release === to) return;
    const deployment = deploymentOf(job, await patiently(() => nomad.deployments(service)));
    if (deployment?.status === "running" && deployment.id !== asked) {
      asked = deployment.id;
      await pause(context, deployment);
      continue;
    }
    const { allocations } = await patiently(() => nomad.allocations(service));
    const { starting, serving } = standing(job, allocations);
    if (starting === 0 || !isTooFew(job, serving) || performance.now() > end) return;
    const { healthy, desired, status } = deployment ?? { healthy: 0, desired: job.count, status: "pending" };
    const line = `${healthy}/${desired} ${serving} ${status}`;
    if (line !== told) tell({ event: "rollout", job: service, release, healthy, desired, serving, status });
    told = line;
    await sleep(lookMs);
  }
}

/** Production's instances: those that serve, and those that the roll-out has started and that do not yet. */
export function standing(
  { version }: Job,
  allocations: readonly Allocation[],
): { serving: number; starting: number } {
  const isStarting = ({ jobVersion, desired, client, healthy }: Allocation) =>
    jobVersion === version &&
    desired === "run" &&
    (client === "pending" || client === "running") &&
    healthy === undefined;
  return {
    serving: servingIn(allocations.filter((each) => !isStarting(each))),
    starting: allocations.filter(isStarting).length,
  };
}

/** Whether going back would leave fewer than a roll-out leaves, and fewer than half. */
export function isTooFew({ count, maxParallel }: Job, serving: number): boolean {
  const left = Math.max(0, serving - maxParallel);
  return left < Math.min(Math.max(0, count - maxParallel), count / 2);
}

/** What cannot be held goes on; production goes back all the same. */
async function pause({ nomad, tell }: Production, { id }: Deployment): Promise<void> {
  try {
    await nomad.pause(id);
  } catch (error) {
    tell({ event: "warning", why: `the roll-out could not be held: ${reasonOf(error)}` });
  }
}
