import { afterPromotion, removeLeftovers, takeAway, withoutCanary } from "../act/conclude.ts";
import { promote, rollBack } from "../act/promote.ts";
import { readPromoted } from "../act/promoted.ts";
import { setTraffic } from "../act/traffic.ts";
import { patiently } from "../clients/patience.ts";
import type { Acting } from "../context.ts";
import type { Ending } from "../ending.ts";
import { exitCodes } from "../tell/events.ts";
import { trafficOff } from "../../settings/traffic.ts";
import { endRuns } from "./after-kill.ts";
import { journalRecord, releaseIn, type Act, type Decided, type Entry } from "./entry.ts";

/** Whether a promotion that was cut goes on, or goes back because a person says so. */
export type Towards = "end" | "back";

/**
 * Goes on where a gate was killed: its Pulumi comes to its end, what was decided is carried out, and what was not is left
 * for a new watch, without traffic.
 *
 * @returns how the release ended, where it was decided
 */
export async function settle(context: Acting, towards: Towards = "end"): Promise<Ending | undefined> {
  const { consul, keys, interrupts, tell } = context;
  const pair = await patiently(() => consul.get(keys.journal, interrupts.signal), {
    signal: interrupts.signal,
  });
  if (pair === undefined) return undefined;
  const entry = journalRecord.decode(keys.journal, pair.value);
  const { doing, by, at } = entry;
  const who = `${by.user}@${by.process.host}`;
  tell({ event: "resumed", act: doing.act, release: releaseIn(doing), by: who, begun: at });
  return await interrupts.finishing("what a killed gate had begun", () => resume(context, entry, towards));
}

async function resume(context: Acting, entry: Entry, towards: Towards): Promise<Ending | undefined> {
  const { journal } = context;
  const { doing, pulumi } = entry;
  // First of all: nobody watches the canary.
  await setTraffic(context, trafficOff);
  await journal.takeOver(doing, pulumi);
  await endRuns(context, entry);
  await journal.begin(doing);
  return await carriedOut(context, doing, towards);
}

async function carriedOut(context: Acting, doing: Act, towards: Towards): Promise<Ending | undefined> {
  switch (doing.act) {
    case "bring-up":
    case "watch":
      await context.journal.clear();
      return undefined;
    case "promote":
      return await ended(context, await promotionEnded(context, doing, towards));
    case "roll-back": {
      const { to, ending } = doing;
      return await ended(context, withProduction(ending, await rollBack(context, to, ending)));
    }
    case "remove":
      if (doing.ending !== null) return await ended(context, doing.ending);
      await removeLeftovers(context);
      return undefined;
  }
}

async function promotionEnded(
  context: Acting,
  { release, before, ending }: Extract<Act, { act: "promote" }>,
  towards: Towards,
): Promise<Decided> {
  const isPromoted = (await readPromoted(context)).release === release;
  if (
    towards === "end" ||
    ending.past.way === "rollback" ||
    before === null ||
    before === release ||
    isPromoted
  )
    return afterPromotion(ending, await promote(context, ending));
  const why = "the promotion was broken off by hand";
  const rejected: Decided = {
    past: { ...ending.past, verdict: "reject", why },
    exitCode: exitCodes.rejected,
  };
  return withProduction(rejected, await rollBack(context, before, rejected));
}

const withProduction = (ending: Decided, production: string): Decided => ({
  ...ending,
  past: { ...ending.past, why: `${ending.past.why}; ${production}` },
});

/** Those that went straight to production have no canary. */
async function ended(context: Acting, decided: Decided): Promise<Ending> {
  const { way } = decided.past;
  return way === "first" || way === "bypass"
    ? await withoutCanary(context, decided)
    : await takeAway(context, decided);
}
