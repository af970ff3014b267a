import { isDeepStrictEqual } from "node:util";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { reasonOf } from "../errors.ts";

type Whose = Pick<Context, "nomad" | "service">;

/** What Nomad writes into a job by itself, and the count, which is an autoscaler's as well. */
const notDeclared: ReadonlySet<string> = new Set([
  "Count",
  "CreateIndex",
  "JobModifyIndex",
  "ModifyIndex",
  "Stable",
  "Status",
  "StatusDescription",
  "SubmitTime",
  "Version",
  "VersionTag",
]);

/** Production's job as Nomad has it, without what changes while nobody touches it; undefined while there is none. */
export async function productionJob({ nomad, service }: Whose): Promise<unknown> {
  return declaredIn(await patiently(() => nomad.registeredJob(service)));
}

/** Why production is not what it was when the watch began; undefined when it is. */
export function changedMeanwhile(service: string, before: unknown, now: unknown): string | undefined {
  if (isDeepStrictEqual(before, now)) return undefined;
  return (
    `the job ${service} was changed in Nomad by somebody else since the watch began, and a promotion would undo that: ` +
    "look what is to run, bring it up with `pulumi up` if it is not, then release again"
  );
}

function declaredIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(declaredIn);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !notDeclared.has(key))
      .map(([key, inside]) => [key, declaredIn(inside)]),
  );
}

/** What production runs by Nomad's word, where no act can be trusted to have told. */
export async function productionRuns({ nomad, service }: Whose): Promise<string> {
  try {
    const job = await patiently(() => nomad.job(service));
    if (job === undefined || job.stopped) return `Nomad runs no job ${service}`;
    return `the job ${service} in Nomad runs ${job.meta["nary_release"] ?? "no release"}`;
  } catch (error) {
    return `what the job ${service} in Nomad runs is not known: ${reasonOf(error)}`;
  }
}
