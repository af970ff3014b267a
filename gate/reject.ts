import { remember } from "./act/history.ts";
import { readDeclared } from "./act/promoted.ts";
import { takeAway } from "./act/take-away.ts";
import type { Acting } from "./context.ts";
import { noCounts, pastOf, type Ending } from "./ending.ts";
import { exitCodes } from "./tell/events.ts";

/** Takes the canary away by hand. */
export async function rejectByHand(context: Acting): Promise<Ending> {
  const { interrupts } = context;
  const declared = await readDeclared(context, "canary", interrupts.signal);
  interrupts.throwIfRequested();
  let why = declared === undefined ? "rejected by hand; there was no canary" : "rejected by hand";
  const start = performance.now();
  await interrupts.finishing("the rejection", async () => {
    const taken = await takeAway(context, { verdict: "reject", why, declared });
    if (taken.left !== undefined) throw taken.left;
    why = taken.why;
    if (declared !== undefined) {
      await remember(context, pastOf(declared.release, "reject", why, noCounts, start));
    }
  });
  const counts = { release: declared?.release ?? "", ...noCounts };
  return { verdict: "reject", why, ...counts, exitCode: exitCodes.rejected };
}
