import { canaryAndProductionAgree } from "../../rules/canary-and-production-agree.ts";
import { canarySmallerThanProduction } from "../../rules/canary-smaller-than-production.ts";
import { countOf, jobView } from "../../rules/job.ts";
import { jobViolations } from "../../rules/job-violations.ts";
import { releaseChangesOnly } from "../../rules/release-changes-only.ts";
import { judge, sentenceOf, type Violation } from "../../rules/violation.ts";
import type { Release } from "../../settings/names.ts";
import type { Declared } from "../../settings/records.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { changedMeanwhile, productionJob } from "./production-job.ts";
import { declaredOf, plannedOf, renderedJob, type Planned } from "./programs.ts";

/**
 * Why the canary's release may not go to production: one sentence for each rule that is broken. Looks at the job that
 * Nomad runs, at what the canary's stack has declared, and at what Pulumi would do to production.
 */
export async function brokenRules(context: Context, declared: Declared): Promise<string[]> {
  const { except, tell } = context;
  const before = await changedByHand(context);
  if (before !== undefined) return [before];
  const { refused, excepted } = judge(await violationsOf(context, declared), except);
  for (const why of excepted) tell({ event: "warning", why });
  // Pulumi has taken seconds to look.
  const changed = await changedByHand(context);
  return changed === undefined ? refused.map(sentenceOf) : [changed];
}

async function changedByHand(context: Context): Promise<string | undefined> {
  const { service, productionBefore: before } = context;
  return before && changedMeanwhile(service, before.job, await productionJob(context));
}

/** The same of a release that has no canary: only what production by itself has to keep to. */
export async function brokenRulesOfProduction(context: Context, release: Release): Promise<string[]> {
  const { except, tell, pulumi, stacks } = context;
  const planned = plannedOf(await pulumi.previewed(stacks.production, release, { refresh: true }));
  const { refused, excepted } = judge(ofProduction(context, planned, true), except);
  for (const why of excepted) tell({ event: "warning", why });
  return refused.map(sentenceOf);
}

function ofProduction(
  { service, settings }: Context,
  planned: readonly Planned[],
  mends: boolean,
): Violation[] {
  const { statusPath, gate } = settings;
  const production = renderedJob(planned, service);
  return [
    ...(production === undefined ? [] : jobViolations(production, "production", statusPath)),
    ...releaseChangesOnly(planned, service, gate.allowedChanges, mends),
  ];
}

async function violationsOf(context: Context, declared: Declared): Promise<Violation[]> {
  const { pulumi, stacks, service, settings, nomad, mends = false } = context;
  const [exported, previewed, registered] = await Promise.all([
    pulumi.exported(stacks.canary),
    pulumi.previewed(stacks.production, declared.release, { refresh: mends }),
    patiently(() => nomad.registeredJob(declared.job)),
  ]);
  const planned = plannedOf(previewed);
  const canary = renderedJob(declaredOf(exported), declared.job);
  const production = renderedJob(planned, service);
  return [
    ...(registered === undefined ? [] : jobViolations(registered, "canary", settings.statusPath)),
    ...together(canary, production, declared, service),
    ...ofProduction(context, planned, mends),
  ];
}

function together(canary: unknown, production: unknown, declared: Declared, service: string): Violation[] {
  const { job, release } = declared;
  if (canary === undefined || production === undefined) {
    return [
      {
        rule: "canary-and-production-agree",
        what: `the program declares no job ${canary === undefined ? job : service} that can be compared`,
        mend: "declare it with CanaryJob and ServiceJob",
      },
    ];
  }
  return [
    ...canarySmallerThanProduction(declared.count, countOf(jobView.parse(production))),
    ...canaryAndProductionAgree(
      { job: canary, base: job, release },
      { job: production, base: service, release },
    ),
  ];
}
