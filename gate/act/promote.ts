import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../settings/names.ts";
import { trafficOff } from "../../settings/traffic.ts";
import type { Acting } from "../context.ts";
import { reasonOf, StackLockedError } from "../errors.ts";
import type { Decided } from "../journal/entry.ts";
import type { Watch } from "../watch.ts";
import { bake } from "./bake.ts";
import { holdRollout } from "./hold-rollout.ts";
import { productionRuns } from "./production-job.ts";
import { readDeclared, readPromoted, writePromoted, type Current } from "./promoted.ts";
import { untilReachable } from "./reachable.ts";
import { followRollout, type Rollout } from "./rollout.ts";
import { setTraffic } from "./traffic.ts";

/** For which a stack that is locked is waited for where production is to go back. */
const lockedMs = 60_000;
const lookMs = 2_000;

export type Promotion =
  | { type: "promoted" }
  /** A canary had an error during the roll-out; `production` says where production is now. */
  | { type: "rejected"; why: string; production: string }
  /** The roll-out or the bake failed; `production` says where production is now. */
  | { type: "failed"; why: string; production: string };

type Outcome =
  | { type: "promoted" }
  /** `untouched`: production is as it was. */
  | { type: "rejected" | "failed"; why: string; untouched: boolean };

/**
 * Brings production up with a release, and back to what it ran before where that fails. It may have been begun before,
 * by a gate that was killed.
 *
 * @param ending - how the release ends when it holds
 * @param watch - of the canary, which goes on being watched until the roll-out is done
 */
export async function promote(context: Acting, ending: Decided, watch?: Watch): Promise<Promotion> {
  const { journal } = context;
  const { release, way } = ending.past;
  const before = await readPromoted(context);
  if (before.release === release && way === "rollback") return { type: "promoted" };
  const declared = await readDeclared(context, "production");
  await journal.begin({ act: "promote", release, before: before.release ?? null, ending });
  const outcome = await rollOut(context, release, watch);
  if (outcome.type === "promoted") return await written(context, ending, before);
  if (outcome.untouched) return { ...outcome, production: "production is as it was" };
  const back = before.release ?? declared?.release;
  return { ...outcome, production: await wentBack(context, back, outcome, ending) };
}

async function written(context: Acting, { past }: Decided, before: Current): Promise<Promotion> {
  const { release, way } = past;
  try {
    // What production went back from is nothing to go back to.
    await (way === "rollback"
      ? writePromoted(context, release, before, null)
      : writePromoted(context, release, before));
    return { type: "promoted" };
  } catch (error) {
    return { type: "failed", why: reasonOf(error), production: `production runs ${release}` };
  }
}

async function wentBack(
  context: Acting,
  to: Release | undefined,
  { type, why }: Exclude<Outcome, { type: "promoted" }>,
  ending: Decided,
): Promise<string> {
  const { release, way } = ending.past;
  if (way === "rollback") return "look after production by hand, it stands where the roll-out left it";
  if (to === undefined || to === release)
    return "there is no earlier release that production could go back to";
  const exitCode = type === "rejected" ? 1 : 4;
  const verdict = type === "rejected" ? "reject" : "inconclusive";
  const failed = { ...ending, exitCode, past: { ...ending.past, verdict, why } } as const;
  return await rollBack(context, to, failed);
}

async function rollOut(context: Acting, release: Release, watch: Watch | undefined): Promise<Outcome> {
  watch?.rolloutBegins();
  const stop = new AbortController();
  const rejected = watch?.untilRejected(stop.signal).then(
    ({ why }): Outcome => ({ type: "rejected", why, untouched: false }),
    (error: unknown): Outcome => ({
      type: "failed",
      why: `the canary could no longer be watched: ${reasonOf(error)}`,
      untouched: false,
    }),
  );
  const rolled = upAndFollow(context, release, stop.signal).then((rollout): Outcome =>
    rollout.ok
      ? { type: "promoted" }
      : { type: "failed", why: rollout.why, untouched: rollout.untouched ?? false },
  );
  const first = await Promise.race(rejected === undefined ? [rolled] : [rolled, rejected]);
  stop.abort();
  try {
    if (first.type !== "promoted") await setTraffic(context, trafficOff);
  } finally {
    // A Pulumi that runs is never cut: what comes next waits for its end.
    await Promise.all([rolled, rejected]);
  }
  if (first.type === "promoted") return first;
  const last = await rolled;
  return { ...first, untouched: last.type === "failed" && last.untouched };
}

async function upAndFollow(context: Acting, release: Release, signal: AbortSignal): Promise<Rollout> {
  const rollout = await wentUp(context, release, signal);
  if (!rollout.ok) return rollout;
  return await bake(context, release, signal).catch(failed);
}

async function wentUp(context: Acting, release: Release, signal: AbortSignal): Promise<Rollout> {
  try {
    await untilReachable(context);
    if (signal.aborted) return { ok: false, why: "it was rejected before it began", untouched: true };
    await context.pulumi.up(context.stacks.production, release);
    return await followRollout(context, release, signal);
  } catch (error) {
    return failed(error);
  }
}

/** A stack that somebody else has locked is as it was. */
const failed = (error: unknown): Rollout => ({
  ok: false,
  why: reasonOf(error),
  untouched: error instanceof StackLockedError,
});

/** Whoever has locked production's stack may be the one who changed it: a moment later it can be put right. */
async function upAgain(context: Acting, to: Release): Promise<Rollout> {
  const end = performance.now() + lockedMs;
  for (;;) {
    const rollout = await wentUp(context, to, new AbortController().signal);
    if (rollout.ok || rollout.untouched !== true || performance.now() > end) return rollout;
    context.tell({ event: "warning", why: `${rollout.why}; trying again` });
    await sleep(lookMs);
  }
}

/**
 * Brings production back to what it ran before; says where it is afterwards.
 *
 * @param ending - how the release ends that did not hold, but for where production is
 */
export async function rollBack(context: Acting, to: Release, ending: Decided): Promise<string> {
  const { journal, tell } = context;
  const { release, why } = ending.past;
  await journal.begin({ act: "roll-back", release, to, ending });
  tell({ event: "rollback", release: to, why });
  const rollout = await holdRollout(context, to).then(() => upAgain(context, to), failed);
  if (rollout.ok) return `production is back on ${to}`;
  return `production could not go back to ${to}: ${rollout.why}; ${await productionRuns(context)}`;
}
