import type { Evidence, Final } from "./verdict.ts";

export type NotUp = {
  up: number;
  count: number;
  startSeconds: number;
  /** Why Nomad could not place instances. */
  placement: readonly string[];
  /** What running instances answer instead of counts. */
  troubles: readonly string[];
  evidence: Evidence;
};

/**
 * The verdict on canaries that are not all up in time. One that runs without ever telling its counts is the release's
 * fault; one that Nomad has not placed or started says nothing about the release.
 */
export function notUp({ up, count, startSeconds, placement, troubles, evidence }: NotUp): Final {
  const seen = `${up} of ${count} canaries were up within ${startSeconds} s`;
  if (troubles.length > 0) {
    return { type: "reject", why: `${seen}: ${troubles.join("; ")}`, rule: "start", evidence };
  }
  const reasons = placement.length > 0 ? `: ${placement.join("; ")}` : "";
  return { type: "inconclusive", why: `${seen}${reasons}`, rule: "start", evidence };
}
