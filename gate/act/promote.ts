import type { Release } from "../../settings/names.ts";
import type { Declared } from "../../settings/records.ts";
import { trafficOff } from "../../settings/traffic.ts";
import type { Acting } from "../context.ts";
import { ActError, reasonOf } from "../errors.ts";
import type { Watch } from "../watch.ts";
import { productionRuns } from "./production-job.ts";
import { readDeclared, readPromoted, writePromoted } from "./promoted.ts";
import { followRollout, type Rollout } from "./rollout.ts";
import { brokenRules } from "./rules.ts";
import { setTraffic } from "./traffic.ts";

export type Promotion =
  | { type: "promoted" }
  /** A canary had an error during the roll-out; `production` says where production is now. */
  | { type: "rejected"; why: string; production: string }
  /** It may not go to production as things are now; production is as it was. */
  | { type: "refused"; why: string }
  /** The roll-out failed; `production` says where production is now. */
  | { type: "failed"; why: string; production: string };

type Outcome = { type: "promoted" } | { type: "rejected" | "failed"; why: string };

/** Brings production up with what was watched, while the canary goes on being watched. */
export async function promote(context: Acting, canary: Declared, watch: Watch): Promise<Promotion> {
  const { release } = canary;
  // Hours may have passed since the watch began, and either program may have changed.
  const broken = await brokenRules(context, canary).catch((error: unknown) => [reasonOf(error)]);
  if (broken.length > 0) return { type: "refused", why: broken.join(" ") };
  const before = await readPromoted(context);
  const declared = await readDeclared(context, "production");
  const outcome = await rollOut(context, release, watch);
  if (outcome.type !== "promoted") {
    const back = before.release ?? declared?.release;
    return { ...outcome, production: await rollBack(context, back, outcome.why) };
  }
  try {
    await writePromoted(context, release, before);
  } catch (error) {
    return { type: "failed", why: reasonOf(error), production: `production runs ${release}` };
  }
  return outcome;
}

async function rollOut(context: Acting, release: Release, watch: Watch): Promise<Outcome> {
  watch.rolloutBegins();
  const stop = new AbortController();
  const rejected = watch.untilRejected(stop.signal).then(
    ({ why }): Outcome => ({ type: "rejected", why }),
    (error: unknown): Outcome => ({
      type: "failed",
      why: `the canary could no longer be watched: ${reasonOf(error)}`,
    }),
  );
  const rolled = upAndFollow(context, release, stop.signal).then((rollout): Outcome =>
    rollout.ok ? { type: "promoted" } : { type: "failed", why: rollout.why },
  );
  const first = await Promise.race([rolled, rejected]);
  stop.abort();
  try {
    if (first.type !== "promoted") await setTraffic(context, trafficOff);
  } finally {
    // A Pulumi that runs is never cut: what comes next waits for its end.
    await Promise.all([rolled, rejected]);
  }
  return first;
}

async function upAndFollow(context: Acting, release: Release, signal: AbortSignal): Promise<Rollout> {
  try {
    await context.lock.assertHeld();
    await context.pulumi.up(context.stacks.production, release);
    return await followRollout(context, release, signal);
  } catch (error) {
    return { ok: false, why: reasonOf(error) };
  }
}

/** Says where production is afterwards. */
async function rollBack(context: Acting, release: Release | undefined, why: string): Promise<string> {
  if (release === undefined) return "there is no earlier release that production could go back to";
  context.tell({ event: "rollback", release, why });
  const rollout = await upAndFollow(context, release, new AbortController().signal);
  return rollout.ok
    ? `production is back on ${release}`
    : `production could not go back to ${release}: ${rollout.why}; ${await productionRuns(context)}`;
}

/** The first release: no canary, since there is nothing that it could stand beside. */
export async function promoteFirst(context: Acting, release: Release): Promise<void> {
  const before = await readPromoted(context);
  const rollout = await upAndFollow(context, release, new AbortController().signal);
  if (!rollout.ok) {
    throw new ActError(`${rollout.why}. Nothing was promoted; there is no earlier release to go back to.`);
  }
  await writePromoted(context, release, before);
}
