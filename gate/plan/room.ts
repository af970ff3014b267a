import type { Release } from "../../settings/names.ts";
import { plannedOf, renderedJob } from "../act/programs.ts";
import type { Context } from "../context.ts";
import { sentenceOf } from "../discover/placement.ts";

/** Whether the cluster could run a job now. */
export type Room = {
  job: string;
  /** Unknown where the job cannot be read in what Pulumi says, as when it holds a secret or is HCL. */
  room: "enough" | "missing" | "unknown";
  /** Why not, one sentence each. */
  why: string[];
};

/**
 * Asks Nomad for a dry run of both jobs as Pulumi would declare them with this release. Production replaces its
 * instances one after the other, so that it needs no room beside its own.
 */
export async function roomFor(context: Context, release: Release): Promise<Room[]> {
  const { stacks, service } = context;
  const canary = await roomOf(context, stacks.canary, `${service}-canary`, release);
  const production = await roomOf(context, stacks.production, service, release);
  return [canary, production];
}

async function roomOf(context: Context, stack: string, job: string, release: Release): Promise<Room> {
  const { pulumi, nomad, interrupts } = context;
  const rendered = renderedJob(plannedOf(await pulumi.previewed(stack, release)), job);
  if (rendered === undefined)
    return { job, room: "unknown", why: ["its job cannot be read before it is up"] };
  const failures = await nomad.planned(job, rendered, interrupts.signal);
  return { job, room: failures.length === 0 ? "enough" : "missing", why: failures.map(sentenceOf) };
}
