import { setTimeout as sleep } from "node:timers/promises";
import type { Allocation, Job } from "../clients/nomad-answers.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";

const lookMs = 500;

/** What is wrong with production's instances by Nomad's word; undefined when all that are to run do. */
export function troubleIn(job: Job | undefined, allocations: readonly Allocation[]): string | undefined {
  if (job === undefined || job.stopped) return "its job is not registered";
  const running = allocations.filter(
    ({ client, desired, healthy }) => client === "running" && desired === "run" && healthy !== false,
  ).length;
  return running < job.count ? `${running} of ${job.count} instances run and are healthy` : undefined;
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
): Promise<string | undefined> {
  const end = performance.now() + patienceSeconds * 1000;
  for (;;) {
    const job = await patiently(() => nomad.job(service, signal), { signal });
    const { allocations } = await patiently(() => nomad.allocations(service, 0, signal), { signal });
    const trouble = troubleIn(job, allocations);
    if (trouble === undefined || performance.now() > end) return trouble;
    await sleep(lookMs, undefined, { signal });
  }
}
