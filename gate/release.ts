import { referenceByDigest } from "../rules/image-by-digest.ts";
import { sentenceOf } from "../rules/violation.ts";
import type { Release } from "../settings/names.ts";
import { trafficOff } from "../settings/traffic.ts";
import { bringUp } from "./act/bring-up.ts";
import { afterPromotion, withoutCanary } from "./act/conclude.ts";
import { productionTrouble } from "./act/production-trouble.ts";
import { promote } from "./act/promote.ts";
import { readDeclared, readPromoted } from "./act/promoted.ts";
import { brokenRulesOfProduction } from "./act/rules.ts";
import { setTraffic } from "./act/traffic.ts";
import type { Acting } from "./context.ts";
import { noCounts, pastOf, type Ending, type Exception } from "./ending.ts";
import { ActError, UsageError } from "./errors.ts";
import { gate } from "./gate.ts";
import type { Decided } from "./journal/entry.ts";
import { settle } from "./journal/settle.ts";
import { checkOwnJobs } from "./own-jobs.ts";
import { checkShare } from "./possible-share.ts";
import { checkSmokeSecrets } from "./smoke/secrets.ts";
import { exitCodes } from "./tell/events.ts";

/** What every job of this release would be refused for, told before anything is asked or done. */
function checkRelease({ settings, except }: Acting, release: Release): void {
  const isImage = "task" in settings && settings.task.driver === "docker";
  if (!isImage || except["image-by-digest"] !== undefined) return;
  const [broken] = referenceByDigest(release);
  if (broken !== undefined) throw new UsageError(sentenceOf(broken));
}

/** How a release goes that does not go the usual way, and why in the words of who wants it so. */
export type Way = { type: "usual" } | { type: "fix-forward" | "bypass"; reason: string };

/** For instances that are being moved or replaced at the moment. */
const troubleSeconds = 15;

/** Releases: canary up, and its twin where there is to be one, watched, then promoted or destroyed. */
export async function release(context: Acting, what: Release, way: Way = { type: "usual" }): Promise<Ending> {
  checkRelease(context, what);
  const settled = await settle(context);
  if (settled?.release === what) return settled;
  if (way.type === "bypass") return await releaseWithoutCanary(context, what, way.reason);
  const { interrupts, stacks } = context;
  await checkNotFirst(context, what);
  await checkOwnJobs(context);
  await checkShare(context, context.settings.count);
  checkSmokeSecrets(context.settings.gate.smoke, process.env);
  await checkProduction(context, what, way);
  interrupts.throwIfRequested();
  const exception = exceptionOf(way);
  if (exception !== undefined) tellException(context, what, exception);
  await interrupts.finishing(`pulumi up of ${stacks.canary}`, async () => {
    await context.journal.begin({ act: "bring-up", release: what });
    try {
      await setTraffic(context, trafficOff);
      await bringUp(context, what);
    } catch (error) {
      await context.journal.clear();
      throw error;
    }
  });
  return await gate({ ...context, mends: way.type === "fix-forward" }, exception);
}

function exceptionOf(way: Way): Exception | undefined {
  return way.type === "usual" ? undefined : { way: way.type, reason: way.reason };
}

function tellException({ tell, by }: Acting, release: Release, { way, reason }: Exception): void {
  tell({ event: "exception", way, release, by, why: reason });
}

async function checkNotFirst(context: Acting, what: Release): Promise<void> {
  const { interrupts, service, stacks } = context;
  const { signal } = interrupts;
  const promoted = await readPromoted(context, signal);
  if (promoted.release === undefined && (await readDeclared(context, "production", signal)) === undefined) {
    throw new UsageError(
      `Production of ${service} runs nothing yet, so there is nothing that a canary could stand beside. ` +
        `Give it its first release: nary release ${what} --first -s ${stacks.canary}`,
    );
  }
}

/**
 * Refuses a canary beside a production that fails already: there would be nothing to compare it with, and nothing to go
 * back to.
 */
async function checkProduction(context: Acting, what: Release, way: Way): Promise<void> {
  const { interrupts, service, stacks } = context;
  const { signal } = interrupts;
  const trouble = await productionTrouble(context, way.type === "usual" ? troubleSeconds : 0, signal);
  if (trouble === undefined) return;
  const { why, serving } = trouble;
  const failing = `Production of ${service} fails already: ${why}.`;
  if (serving === 0) {
    // HAProxy goes on with the servers that it had, where there are none, and a canary is none of them.
    throw new UsageError(
      `${failing} A canary beside it would get no request: bring back what ran, or release what mends it with: ` +
        `nary release ${what} --bypass --why "…" -s ${stacks.canary}`,
    );
  }
  if (way.type !== "usual") {
    context.tell({ event: "warning", why: `production of ${service} fails already: ${why}` });
    return;
  }
  throw new UsageError(
    `${failing} Mend it, go back with nary rollback -s ${stacks.canary}, or release what mends it with: ` +
      `nary release ${what} --fix-forward --why "…" -s ${stacks.canary}`,
  );
}

/** The first release of a service. */
export async function releaseFirst(context: Acting, what: Release): Promise<Ending> {
  checkRelease(context, what);
  const { interrupts, keys, stacks } = context;
  const settled = await settle(context);
  if (settled?.release === what) return settled;
  const promoted = await readPromoted(context, interrupts.signal);
  if (promoted.release !== undefined) {
    throw new UsageError(
      `Production runs ${promoted.release} already (the record ${keys.promoted}), so this is not the first release. ` +
        `Release it behind a canary: nary release ${what} -s ${stacks.canary}`,
    );
  }
  await checkOwnJobs(context);
  interrupts.throwIfRequested();
  const start = performance.now();
  return await interrupts.finishing("the first release", async () => {
    const how = { by: context.by, way: "first" } as const;
    const past = pastOf(how, what, "promote", "the first release", noCounts, start);
    const promotion = await promote(context, { past, exitCode: exitCodes.promoted });
    if (promotion.type !== "promoted") {
      await context.journal.clear();
      throw new ActError(`${promotion.why}. Nothing was promoted; ${promotion.production}.`);
    }
    return await withoutCanary(context, { past, exitCode: exitCodes.promoted });
  });
}

/** A release that cannot wait for a canary: straight to production, by the rules that production has to keep to. */
async function releaseWithoutCanary(context: Acting, what: Release, reason: string): Promise<Ending> {
  const { interrupts, service } = context;
  await checkOwnJobs(context);
  interrupts.throwIfRequested();
  const start = performance.now();
  return await interrupts.finishing("the release without a canary", async () => {
    const broken = await brokenRulesOfProduction(context, what);
    if (broken.length > 0)
      throw new ActError(`${what} cannot go to production of ${service}: ${broken.join(" ")}`);
    tellException(context, what, { way: "bypass", reason });
    const why = `released without a canary: ${reason}`;
    const how = { by: context.by, way: "bypass", reason } as const;
    const ending: Decided = {
      past: pastOf(how, what, "promote", why, noCounts, start),
      exitCode: exitCodes.promoted,
    };
    const decided = afterPromotion(ending, await promote(context, ending));
    return await withoutCanary(context, decided);
  });
}
