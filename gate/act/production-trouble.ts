import { setTimeout as sleep } from "node:timers/promises";
import type { Allocation, Job } from "../clients/nomad-answers.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { servingIn } from "./rollout.ts";

const lookMs = 500;

export type Trouble = {
  why: string;
  /** Instances that run and are healthy all the same. */
  serving: number;
};

/** What is wrong with production's instances by Nomad's word; undefined when all that are to run do. */
export function troubleIn(job: Job | undefined, allocations: readonly Allocation[]): Trouble | undefined {
  if (job === undefined || job.stopped) return { why: "its job is not registered", serving: 0 };
  const serving = servingIn(allocations);
  if (serving >= job.count) return undefined;
  return { why: `${serving} of ${job.count} instances run and are healthy`, serving };
}

/**
 * The trouble that production is in and stays in.
 *
 * @param patienceSeconds - for which it may be in trouble, as while an instance is moved to another node
 */
export async function productionTrouble(
  { nomad, service }: Pick<Context, "nomad" | "service">,
  patienceSeconds: number,
  signal?: AbortSignal,
): Promise<Trouble | undefined> {
  const end = performance.now() + patienceSeconds * 1000;
  for (;;) {
    const job = await patiently(() => nomad.job(service, signal), { signal });
    const { allocations } = await patiently(() => nomad.allocations(service, 0, signal), { signal });
    const trouble = troubleIn(job, allocations);
    if (trouble === undefined || performance.now() > end) return trouble;
    await sleep(lookMs, undefined, { signal });
  }
}
