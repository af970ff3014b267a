import type { Declared, Past } from "../../settings/records.ts";
import { trafficOff } from "../../settings/traffic.ts";
import type { Acting } from "../context.ts";
import type { Final } from "../decide/verdict.ts";
import { pastOf, type Ending, type Exception } from "../ending.ts";
import { reasonOf } from "../errors.ts";
import type { Decided } from "../journal/entry.ts";
import { exitCodes } from "../tell/events.ts";
import type { Watch } from "../watch.ts";
import { remember } from "./history.ts";
import { promote, type Promotion } from "./promote.ts";
import { removeCanary } from "./remove.ts";
import { brokenRules } from "./rules.ts";
import { setTraffic } from "./traffic.ts";

export type Watched = {
  declared: Declared;
  watch: Watch;
  /** When the watch began, by `performance.now()`. */
  start: number;
  exception?: Exception | undefined;
};

/** Does what a verdict asks for; the canary is gone afterwards, whatever the verdict. */
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
      return await takeAway(context, { past: past(), exitCode: exitCodes.inconclusive }, watch);
    case "promote": {
      // Hours may have passed since the watch began, and either program may have changed.
      const broken = await brokenRules(context, declared).catch((error: unknown) => [reasonOf(error)]);
      if (broken.length > 0) return await takeAway(context, notPromoted(past(), broken.join(" ")), watch);
      const ending: Decided = { past: past(), exitCode: exitCodes.promoted };
      const promotion = await promote(context, ending, watch);
      const { requests: all, errors: failed } = watch.evidence.canary;
      const seen = { ...ending, past: { ...ending.past, requests: all, errors: failed } };
      return await takeAway(context, afterPromotion(seen, promotion), watch);
    }
  }
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
  const { past } = decided;
  await journal.begin({ act: "remove", ending: decided });
  await setTraffic(context, trafficOff);
  await watch?.close();
  const left = await removeCanary(context).then(() => undefined, reasonOf);
  await remember(context, past);
  if (left === undefined) {
    await journal.clear();
    return endingOf(decided);
  }
  const broken =
    `${past.why}. The canary gets no traffic, but it is not gone: ${left}. ` +
    `Take it away with: nary reject -s ${stacks.canary}`;
  return { ...endingOf(decided), why: broken, exitCode: exitCodes.broken };
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
