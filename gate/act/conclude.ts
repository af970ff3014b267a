import type { Declared } from "../../settings/records.ts";
import type { Past } from "../../settings/records.ts";
import { trafficOff } from "../../settings/traffic.ts";
import type { Acting } from "../context.ts";
import type { Final } from "../decide/verdict.ts";
import { pastOf, type Ending } from "../ending.ts";
import { reasonOf } from "../errors.ts";
import { exitCodes, type ExitCode, type FinalVerdict } from "../tell/events.ts";
import type { Watch } from "../watch.ts";
import { remember } from "./history.ts";
import { isKept, keptWhy } from "./kept.ts";
import { promote } from "./promote.ts";
import { removeCanary } from "./remove.ts";
import { setTraffic } from "./traffic.ts";

/**
 * Does what a verdict asks for; the canary is gone afterwards, unless nothing was decided and it is to be kept.
 *
 * @param start - when the watch began, by `performance.now()`
 */
export async function conclude(
  context: Acting,
  declared: Declared,
  watch: Watch,
  verdict: Final,
  start: number,
): Promise<Ending> {
  const { why, rule, evidence } = verdict;
  const proves = verdict.type === "promote" ? verdict.proves : [];
  const { requests, errors } = evidence.canary;
  context.tell({ event: "verdict", verdict: verdict.type, rule, why, requests, errors, proves, evidence });
  const decision = { rule, proves: [...proves], evidence: { ...evidence } };
  const end = (type: FinalVerdict, reason: string, exitCode: ExitCode, kept = false) =>
    finish(context, declared, watch, start, { type, reason, exitCode, decision, kept });
  switch (verdict.type) {
    case "reject":
      return await end("reject", why, exitCodes.rejected);
    case "inconclusive":
      return await end("inconclusive", why, exitCodes.inconclusive, isKept(context.settings.gate, rule));
    case "promote": {
      const promotion = await promote(context, declared, watch);
      switch (promotion.type) {
        case "promoted":
          return await end("promote", why, exitCodes.promoted);
        case "refused":
          return await end("inconclusive", `not promoted: ${promotion.why}`, exitCodes.broken);
        case "rejected": {
          const late = `during the roll-out: ${promotion.why}; ${promotion.production}`;
          return await end("reject", late, exitCodes.rejected);
        }
        case "failed": {
          const failed = `the roll-out failed: ${promotion.why}; ${promotion.production}`;
          return await end("inconclusive", failed, exitCodes.broken);
        }
      }
    }
  }
}

type Concluded = {
  type: FinalVerdict;
  reason: string;
  exitCode: ExitCode;
  decision: Past["decision"];
  /** Whether the canary stays up. */
  kept: boolean;
};

async function finish(
  context: Acting,
  declared: Declared,
  watch: Watch,
  start: number,
  { type, reason, exitCode, decision, kept }: Concluded,
): Promise<Ending> {
  const { release } = declared;
  const { requests, errors } = watch.evidence.canary;
  await setTraffic(context, trafficOff);
  await watch.close();
  const left = kept ? undefined : await removeCanary(context).then(() => undefined, reasonOf);
  await remember(context, { ...pastOf(release, type, reason, { requests, errors }, start), decision });
  if (kept) {
    const why = keptWhy(reason, declared.job, context.stacks.canary);
    return { verdict: type, why, release, requests, errors, exitCode };
  }
  if (left === undefined) return { verdict: type, why: reason, release, requests, errors, exitCode };
  const why =
    `${reason}. The canary gets no traffic, but it is not gone: ${left}. ` +
    `Take it away with: nary reject -s ${context.stacks.canary}`;
  return { verdict: type, why, release, requests, errors, exitCode: exitCodes.broken };
}
