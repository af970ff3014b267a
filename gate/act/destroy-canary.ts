import type { Acting } from "../context.ts";
import { ActError, reasonOf } from "../errors.ts";
import type { Watch } from "../watch.ts";
import { confirmOff } from "./confirm-off.ts";
import { keepEvidence, type TakenFor } from "./keep-evidence.ts";
import { removeCanary } from "./remove.ts";

/** How it went. */
export type Destroyed = {
  /** Why it was destroyed, and which HAProxies have not confirmed that they send it nothing. */
  why: string;
  /** Why it is not gone; undefined once that is proved. */
  left: Error | undefined;
};

/**
 * Takes the canary and its twin away, whose traffic is off: each HAProxy confirms that while the evidence is kept that goes
 * with the instances, then the stacks are destroyed, and then all of it is proved to be gone.
 *
 * @param watch - who has watched the canary; closed here
 */
export async function destroyCanary(
  context: Acting,
  { verdict, why, release }: Pick<TakenFor, "verdict" | "why" | "release">,
  watch?: Watch,
): Promise<Destroyed> {
  const { recordFile, canaries: counted = [] } = watch ?? {};
  const taken = { verdict, why, release, recordFile, counted };
  const [{ unconfirmed }] = await Promise.all([
    confirmOff(context),
    verdict === "promote" ? undefined : keepEvidence(context, taken),
    watch?.close(),
  ]);
  const left = await removeCanary(context).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new ActError(reasonOf(error))),
  );
  if (unconfirmed.length === 0) return { why, left };
  return { why: `${why}; not confirmed that it gets no more requests: ${unconfirmed.join("; ")}`, left };
}
