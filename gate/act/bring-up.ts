import type { Release } from "../../settings/names.ts";
import type { Acting } from "../context.ts";
import { untilReachable } from "./reachable.ts";
import { isThere, removeCanary } from "./remove.ts";
import { releaseOfTwin } from "./twin.ts";

/** Brings the canary up, and at the same time the twin where there is to be one. */
export async function bringUp(context: Acting, release: Release): Promise<void> {
  const { pulumi, stacks, settings, lock } = context;
  await lock.assertHeld();
  await untilReachable(context);
  if (!settings.twin) {
    await pulumi.up(stacks.canary, release);
    return;
  }
  const beside = await releaseOfTwin(context);
  // What is left of an earlier watch is warm, and what is compared has to start at the same time.
  if ((await isThere(context, "canary")) || (await isThere(context, "twin"))) await removeCanary(context);
  const ups = [pulumi.up(stacks.canary, release), pulumi.upTwin(stacks, beside)];
  // A Pulumi that runs is never cut: both have ended before the first failure is told.
  await Promise.allSettled(ups);
  await Promise.all(ups);
}
