import type { Declared, Past } from "../../settings/records.ts";
import { trafficOff } from "../../settings/traffic.ts";
import type { Acting } from "../context.ts";
import type { Final } from "../decide/verdict.ts";
import { noCounts, pastOf, type Ending, type Exception } from "../ending.ts";
import { reasonOf } from "../errors.ts";
import type { Decided } from "../journal/entry.ts";
import { exitCodes } from "../tell/events.ts";
import type { Watch } from "../watch.ts";
import { destroyCanary } from "./destroy-canary.ts";
import { remember } from "./history.ts";
import { isKept, keptWhy } from "./kept.ts";
import { promote, type Promotion } from "./promote.ts";
import { brokenRules } from "./rules.ts";
import { setTraffic } from "./traffic.ts";

export type Watched = {
  declared: Declared;
  watch: Watch;
  /** When the watch began, by `performance.now()`. */
  start: number;
  exception?: Exception | undefined;
};

/** Does what a verdict asks for; the canary is gone afterwards, unless nothing was decided and it is to be kept. */
export async function conclude(
  context: Acting,
  { declared, watch, start, exception }: Watched,
  verdict: Final,
): Promise<Ending> {
  const { why, rule, evidence } = verdict;
  const proves = verdict.type === "promote" ? verdict.proves : [];
  const { requests, errors } = evidence.canary;
  context.tell({ event: "verdict", verdict: verdict.type, rule, why, requests, errors, proves, evidence });
  const decision: Past["decision"] = { rule, proves: [...proves], evidence: { ...evidence } };
  const past = (): Past => ({
    ...pastOf(
      { by: context.by, ...exception },
      declared.release,
      verdict.type,
      why,
      watch.evidence.canary,
      start,
    ),
    decision,
  });
  switch (verdict.type) {
    case "reject":
      return await takeAway(context, { past: past(), exitCode: exitCodes.rejected }, watch);
    case "inconclusive":
      if (isKept(context.settings.gate, rule)) return await keep(context, declared, past(), watch);
      return await takeAway(context, { past: past(), exitCode: exitCodes.inconclusive }, watch);
    case "promote": {
      // Hours may have passed since the watch began, and either program may have changed.
      const { broken, rejected } = await lookedAgain(context, declared, watch);
      const ending: Decided = { past: past(), exitCode: exitCodes.promoted };
      if (rejected === undefined && broken.length > 0)
        return await takeAway(context, notPromoted(past(), broken.join(" ")), watch);
      const promotion: Promotion =
        rejected === undefined
          ? await promote(context, ending, watch)
          : { type: "rejected", why: rejected, production: "production is as it was" };
      const { requests: all, errors: failed } = watch.evidence.canary;
      const seen = { ...ending, past: { ...ending.past, requests: all, errors: failed } };
      return await takeAway(context, afterPromotion(seen, promotion), watch);
    }
  }
}

/**
 * Looks at both programs again, which takes seconds. A canary that is rejected meanwhile gets no more traffic at once.
 */
async function lookedAgain(
  context: Acting,
  declared: Declared,
  watch: Watch,
): Promise<{ broken: string[]; rejected: string | undefined }> {
  const stop = new AbortController();
  const looking = brokenRules(context, declared)
    .catch((error: unknown) => [reasonOf(error)])
    .finally(() => {
      stop.abort();
    });
  const rejecting = watch
    .untilRejected(stop.signal)
    .then(async ({ why }) => {
      await setTraffic(context, trafficOff);
      return why;
    })
    // Where it can no longer be watched, or Consul cannot be told, what comes next says so.
    .catch(() => undefined);
  const [broken, rejected] = await Promise.all([looking, rejecting]);
  return { broken, rejected };
}

const notPromoted = (past: Past, why: string): Decided => ({
  past: { ...past, verdict: "inconclusive", why: `not promoted: ${why}` },
  exitCode: exitCodes.broken,
});

/** How a release ends whose roll-out came to its end. */
export function afterPromotion(ending: Decided, promotion: Promotion): Decided {
  const { past } = ending;
  switch (promotion.type) {
    case "promoted":
      return ending;
    case "rejected": {
      const why = `during the roll-out: ${promotion.why}; ${promotion.production}`;
      return { past: { ...past, verdict: "reject", why }, exitCode: exitCodes.rejected };
    }
    case "failed": {
      const why = `the roll-out failed: ${promotion.why}; ${promotion.production}`;
      return { past: { ...past, verdict: "inconclusive", why }, exitCode: exitCodes.broken };
    }
  }
}

/**
 * Takes the canary away and writes down how the release ended. It may have been begun before, by a gate that was killed.
 */
export async function takeAway(context: Acting, decided: Decided, watch?: Watch): Promise<Ending> {
  const { journal, stacks } = context;
  // At the same time: no client is to wait for a line in a journal.
  await Promise.all([setTraffic(context, trafficOff), journal.begin({ act: "remove", ending: decided })]);
  const { why, left } = await destroyCanary(context, decided.past, watch);
  const ended = { ...decided, past: { ...decided.past, why } };
  await remember(context, ended.past);
  if (left === undefined) {
    await journal.clear();
    return endingOf(ended);
  }
  const broken =
    `${why}. The canary's traffic is off, but it is not gone: ${reasonOf(left).replace(/\.$/, "")}. ` +
    `Take it away with: nary reject -s ${stacks.canary}`;
  return { ...endingOf(ended), why: broken, exitCode: exitCodes.broken };
}

/** Takes away what may still be there although no canary is declared. */
export async function removeLeftovers(context: Acting): Promise<Ending> {
  await Promise.all([
    setTraffic(context, trafficOff),
    context.journal.begin({ act: "remove", ending: null }),
  ]);
  const what = { verdict: "reject", release: "" } as const;
  const { why, left } = await destroyCanary(context, {
    ...what,
    why: "rejected by hand; there was no canary",
  });
  if (left !== undefined) throw left;
  await context.journal.clear();
  return { ...what, why, ...noCounts, exitCode: exitCodes.rejected };
}

/** Leaves the canary up, without traffic. */
async function keep(context: Acting, { job }: Declared, past: Past, watch: Watch): Promise<Ending> {
  await setTraffic(context, trafficOff);
  await watch.close();
  await remember(context, past);
  await context.journal.clear();
  const why = keptWhy(past.why, job, context.stacks.canary);
  return { ...endingOf({ past, exitCode: exitCodes.inconclusive }), why };
}

/** Writes down how a release ended that had no canary. */
export async function withoutCanary(context: Acting, decided: Decided): Promise<Ending> {
  await remember(context, decided.past);
  await context.journal.clear();
  return endingOf(decided);
}

function endingOf({ past, exitCode }: Decided): Ending {
  const { release, verdict, why, requests, errors, way } = past;
  return { verdict, why, release, requests, errors, exitCode, way };
}
