import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../settings/names.ts";
import type { CanarySettings } from "../../settings/schema.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { nobody } from "../decide/people.ts";
import { unattended, type Rules } from "../decide/rules.ts";
import { reasonOf } from "../errors.ts";
import { judgedBy } from "../judged-by.ts";
import { Watch } from "../watch.ts";
import { productionTrouble } from "./production-trouble.ts";
import { readDeclared } from "./promoted.ts";
import { changedJob, type Rollout } from "./rollout.ts";

/** Instances may be moved to other nodes meanwhile. */
const patienceSeconds = 10;

/**
 * Watches production for a while after its roll-out, by its counts and by all checks that look at one side alone.
 *
 * @param signal - ends it early, as a failure
 */
export async function bake(context: Context, release: Release, signal: AbortSignal): Promise<Rollout> {
  const { settings, tell } = context;
  const { seconds } = settings.gate.bake;
  if (seconds === 0) return { ok: true };
  const declared = await readDeclared(context, "production", signal);
  if (declared === undefined) return { ok: false, why: "production declares nothing that could be watched" };
  const rules = bakeRules(settings);
  const watch = new Watch({
    ...context,
    declared,
    gate: { ...settings.gate, checks: rules.checks },
    counter: settings.counter,
    rules,
    // Who aborts is heard by the watch of the canary.
    people: () => nobody,
    tell: (event) => {
      if (event.event !== "counts") tell(event);
      else tell({ event: "bake", release, of: seconds, ...countsIn(event) });
    },
  });
  tell({ event: "bake", release, of: seconds, requests: 0, errors: 0, seconds: 0 });
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  try {
    watch.trafficIsOn();
    const failed = watch.untilRejected(stop).then(
      ({ why }): Rollout => ({ ok: false, why: `production did not hold: ${why}` }),
      (error: unknown): Rollout => ({
        ok: false,
        why: `production could no longer be watched: ${reasonOf(error)}`,
      }),
    );
    const held = sleep(seconds * 1000, undefined, { signal: stop }).then(
      (): Rollout => ({ ok: true }),
      (error: unknown): Rollout => ({ ok: false, why: reasonOf(error) }),
    );
    const first = await Promise.race([failed, held]);
    over.abort();
    await Promise.all([failed, held]);
    if (!first.ok) return first;
  } finally {
    over.abort();
    await watch.close();
  }
  const job = await patiently(() => context.nomad.job(context.service, signal), { signal });
  const changed = changedJob(release, job);
  if (changed !== undefined) return { ok: false, why: changed };
  const trouble = await productionTrouble(context, patienceSeconds, signal);
  return trouble === undefined ? { ok: true } : { ok: false, why: `production did not hold: ${trouble.why}` };
}

const countsIn = ({ requests, errors, seconds }: { requests: number; errors: number; seconds: number }) => ({
  requests,
  errors,
  seconds,
});

/** By which production is judged: there is no other side, and nothing to reach. */
function bakeRules({ policy, gate }: CanarySettings): Rules & Pick<CanarySettings["gate"], "checks"> {
  const own = gate.bake.policy ?? policy;
  const checks = gate.checks.filter((check) => !("ratio" in check) || check.ratio === undefined);
  return { ...judgedBy({ policy: own, gate }, undefined, new Date()), ...unattended, checks };
}
