import type { Acting } from "../context.ts";
import type { Final, Wait } from "../decide/verdict.ts";
import type { Watch } from "../watch.ts";
import { setTraffic, trafficOf, type Shared } from "./traffic.ts";

type Standing = Pick<Wait, "step" | "waitsFor" | "extended">;

export type InSteps = Pick<Acting, "lock" | "keys" | "tell" | "interrupts"> & { settings: Shared };

/**
 * Watches until there is a verdict, and gives the canaries the share of each step that begins. When it has ended,
 * nothing of it is still being written.
 */
export async function watchedInSteps(context: InSteps, watch: Watch): Promise<Final> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.interrupts.signal, over.signal]);
  const failure = Promise.withResolvers<never>();
  let before: Standing = { step: 0, waitsFor: null, extended: null };
  let writing = Promise.resolve();
  const onWait = (wait: Wait) => {
    tellChange(context, before, wait);
    if (wait.step !== before.step) {
      const traffic = trafficOf(context.settings, wait.step);
      writing = writing.then(() => setTraffic(context, traffic, signal)).catch(failure.reject);
    }
    before = wait;
  };
  const verdict = watch.untilVerdict(signal, onWait);
  try {
    return await Promise.race([verdict, failure.promise]);
  } finally {
    over.abort();
    await Promise.allSettled([verdict, writing]);
  }
}

/** Tells what has changed since the look before, each thing once. */
function tellChange({ settings, tell }: InSteps, before: Standing, wait: Wait): void {
  const { steps } = settings.gate;
  const { step, wentOn, waitsFor, extended, why } = wait;
  const share = steps[step]?.share;
  if (step !== before.step && share !== undefined && wentOn !== null)
    tell({ event: "step", step: step + 1, of: steps.length, share, why: wentOn });
  if (extended !== null && before.extended === null) tell({ event: "extended", why: extended });
  if (waitsFor !== null && waitsFor !== before.waitsFor) tell({ event: "waits", for: waitsFor, why });
}
