import type { Declared } from "../../settings/records.ts";
import { trafficOff } from "../../settings/traffic.ts";
import type { Acting } from "../context.ts";
import { ActError, reasonOf } from "../errors.ts";
import type { FinalVerdict } from "../tell/events.ts";
import type { Watch } from "../watch.ts";
import { confirmOff } from "./confirm-off.ts";
import { keepEvidence } from "./keep-evidence.ts";
import { removeCanary } from "./remove.ts";
import { setTraffic } from "./traffic.ts";

export type Taking = {
  verdict: FinalVerdict;
  why: string;
  declared: Declared | undefined;
  /** Who has watched the canary; closed here. */
  watch?: Watch;
};

/** How it went. */
export type Taken = {
  /** Why it was taken away, and which HAProxies have not confirmed that they send it nothing. */
  why: string;
  /** Why it is not gone; undefined once that is proved. */
  left: Error | undefined;
};

/**
 * Takes the canary and its twin away: traffic off, which each HAProxy confirms while the evidence is kept that goes with
 * the instances, then the stacks are destroyed, and then all of it is proved to be gone.
 *
 * @throws when the traffic could not be turned off; then the canary is as it was
 */
export async function takeAway(context: Acting, { verdict, why, declared, watch }: Taking): Promise<Taken> {
  await setTraffic(context, trafficOff);
  const { recordFile, canaries: counted = [] } = watch ?? {};
  const [{ unconfirmed }] = await Promise.all([
    confirmOff(context),
    verdict === "promote"
      ? undefined
      : keepEvidence(context, { verdict, why, declared, recordFile, counted }),
    watch?.close(),
  ]);
  const left = await removeCanary(context).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new ActError(reasonOf(error))),
  );
  const said =
    unconfirmed.length === 0
      ? why
      : `${why}; not confirmed that it gets no more requests: ${unconfirmed.join("; ")}`;
  return { why: said, left };
}
