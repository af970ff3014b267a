import { takeAway } from "./act/conclude.ts";
import { readDeclared } from "./act/promoted.ts";
import { removeCanary } from "./act/remove.ts";
import { setTraffic } from "./act/traffic.ts";
import type { Acting } from "./context.ts";
import { noCounts, pastOf, type Ending } from "./ending.ts";
import { settle } from "./journal/settle.ts";
import { exitCodes } from "./tell/events.ts";
import { trafficOff } from "../settings/traffic.ts";

/** Takes the canary away by hand. A promotion in whose middle a gate was killed goes back. */
export async function rejectByHand(context: Acting): Promise<Ending> {
  const { interrupts, by } = context;
  const settled = await settle(context, "back");
  if (settled !== undefined) return settled;
  const declared = await readDeclared(context, "canary", interrupts.signal);
  interrupts.throwIfRequested();
  const start = performance.now();
  return await interrupts.finishing("the rejection", async () => {
    if (declared === undefined) return await removeLeftovers(context);
    const past = pastOf({ by }, declared.release, "reject", "rejected by hand", noCounts, start);
    return await takeAway(context, { past, exitCode: exitCodes.rejected });
  });
}

/** Where no canary is declared, something of one may still be there. */
async function removeLeftovers(context: Acting): Promise<Ending> {
  await context.journal.begin({ act: "remove", ending: null });
  await setTraffic(context, trafficOff);
  await removeCanary(context);
  await context.journal.clear();
  const why = "rejected by hand; there was no canary";
  return { verdict: "reject", why, release: "", ...noCounts, exitCode: exitCodes.rejected };
}
