import { referenceByDigest } from "../rules/image-by-digest.ts";
import { sentenceOf } from "../rules/violation.ts";
import type { Release } from "../settings/names.ts";
import { trafficOff } from "../settings/traffic.ts";
import { bringUp } from "./act/bring-up.ts";
import { remember } from "./act/history.ts";
import { promoteFirst } from "./act/promote.ts";
import { readDeclared, readPromoted } from "./act/promoted.ts";
import { setTraffic } from "./act/traffic.ts";
import type { Acting } from "./context.ts";
import { noCounts, pastOf, type Ending } from "./ending.ts";
import { UsageError } from "./errors.ts";
import { gate } from "./gate.ts";
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

/** Releases: canary up, and its twin where there is to be one, watched, then promoted or destroyed. */
export async function release(context: Acting, what: Release): Promise<Ending> {
  checkRelease(context, what);
  const { interrupts, stacks } = context;
  const promoted = await readPromoted(context, interrupts.signal);
  if (
    promoted.release === undefined &&
    (await readDeclared(context, "production", interrupts.signal)) === undefined
  ) {
    throw new UsageError(
      `Production of ${context.service} runs nothing yet, so there is nothing that a canary could stand beside. ` +
        `Give it its first release: nary release ${what} --first -s ${stacks.canary}`,
    );
  }
  await checkOwnJobs(context);
  await checkShare(context, context.settings.count);
  checkSmokeSecrets(context.settings.gate.smoke, process.env);
  interrupts.throwIfRequested();
  await interrupts.finishing(`pulumi up of ${stacks.canary}`, async () => {
    await setTraffic(context, trafficOff);
    await bringUp(context, what);
  });
  return await gate(context);
}

/** The first release of a service. */
export async function releaseFirst(context: Acting, what: Release): Promise<Ending> {
  checkRelease(context, what);
  const { interrupts, keys, stacks } = context;
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
  await interrupts.finishing("the first release", async () => {
    await promoteFirst(context, what);
    await remember(context, pastOf(what, "promote", "the first release", noCounts, start));
  });
  return {
    verdict: "promote",
    why: "the first release",
    release: what,
    ...noCounts,
    exitCode: exitCodes.promoted,
  };
}
