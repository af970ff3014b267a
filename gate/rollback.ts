import type { Release } from "../settings/names.ts";
import { pastRecord } from "../settings/records.ts";
import { afterPromotion, takeAway, withoutCanary } from "./act/conclude.ts";
import { promote } from "./act/promote.ts";
import { readDeclared, readPromoted, type Current } from "./act/promoted.ts";
import { brokenRulesOfProduction } from "./act/rules.ts";
import { setTraffic } from "./act/traffic.ts";
import { patiently } from "./clients/patience.ts";
import type { Acting } from "./context.ts";
import { noCounts, pastOf, type Ending } from "./ending.ts";
import { UsageError } from "./errors.ts";
import type { Decided } from "./journal/entry.ts";
import { settle } from "./journal/settle.ts";
import { exitCodes } from "./tell/events.ts";
import { trafficOff } from "../settings/traffic.ts";

/** How many releases are named to somebody who has to choose. */
const mostNamed = 5;

/**
 * Brings production back to an earlier release, by hand: the one before unless another one is given. A canary that is up
 * is taken away.
 */
export async function rollback(
  context: Acting,
  { to, reason }: { to: Release | undefined; reason: string },
): Promise<Ending> {
  const { interrupts, tell, by } = context;
  const settled = await settle(context, "back");
  // A promotion that was cut is back where it came from, and a roll-back that was cut has come to its end.
  if (settled !== undefined && (settled.verdict !== "promote" || settled.way === "rollback")) return settled;
  const promoted = await readPromoted(context, interrupts.signal);
  const release = to ?? promoted.before;
  if (release === undefined) throw new UsageError(await whichSentence(context, promoted));
  if (release === promoted.release) throw new UsageError(`Production runs ${release} already.`);
  interrupts.throwIfRequested();
  const start = performance.now();
  return await interrupts.finishing("the roll-back", async () => {
    await setTraffic(context, trafficOff);
    for (const why of await brokenRulesOfProduction(context, release)) tell({ event: "warning", why });
    tell({ event: "exception", way: "rollback", release, by, why: reason });
    const why = `rolled back from ${promoted.release ?? "what was there"}: ${reason}`;
    const past = pastOf({ by, way: "rollback", reason }, release, "promote", why, noCounts, start);
    const ending: Decided = { past, exitCode: exitCodes.promoted };
    const decided = afterPromotion(ending, await promote(context, ending));
    const canary = await readDeclared(context, "canary");
    return canary === undefined ? await withoutCanary(context, decided) : await takeAway(context, decided);
  });
}

async function whichSentence({ consul, keys, stacks }: Acting, promoted: Current): Promise<string> {
  const names = (await patiently(() => consul.keys(keys.history))).reverse();
  const found = new Set<string>();
  for (const key of names) {
    const pair = await patiently(() => consul.get(key));
    const past = pair && pastRecord.decode(key, pair.value);
    if (past?.verdict === "promote" && past.release !== promoted.release) found.add(past.release);
    if (found.size >= mostNamed) break;
  }
  const earlier = found.size === 0 ? "" : ` Production ran before: ${[...found].join(", ")}.`;
  return (
    `It is not known what production ran before ${promoted.release ?? "now"}.${earlier} ` +
    `Say which release it is to run: nary rollback --to RELEASE --why "…" -s ${stacks.canary}`
  );
}
