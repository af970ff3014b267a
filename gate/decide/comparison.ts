import type { Baseline } from "../../settings/policy.ts";
import { after, betsOnBetter, betsOnWorse, type Bets, type Interval } from "./e-value.ts";
import type { Counted } from "./verdict.ts";

/**
 * Seconds that an interval lasts at least: in a shorter one, mostly one side alone has told something. Which interval a
 * request falls into matters only when the share of traffic changes.
 */
const leastSeconds = 1;

/** Seconds after which an interval is given up in which one side still has no requests. */
const mostSeconds = 60;

type Mark = Pick<Counted, "requests" | "failed">;

/** Canary and other side, compared interval by interval. */
export type Comparison = {
  readonly phi: number;
  /** What has been compared, or given up. */
  readonly until: { readonly seconds: number; readonly canary: Mark; readonly other: Mark };
  readonly worse: Bets;
  readonly better: Bets;
};

const none: Mark = { requests: 0, failed: 0 };

export function noComparison({ margin, phi }: Pick<Baseline, "margin" | "phi">): Comparison {
  return {
    phi,
    until: { seconds: 0, canary: none, other: none },
    worse: betsOnWorse(),
    better: betsOnBetter(margin),
  };
}

/** The comparison after what both sides have done until now; its intervals are cut by time and requests, never by errors. */
export function compared(before: Comparison, seconds: number, canary: Mark, other: Mark): Comparison {
  const { until } = before;
  const waited = seconds - until.seconds;
  if (waited < leastSeconds) return before;
  const mine = grown(until.canary, canary);
  const theirs = grown(until.other, other);
  if ((mine.requests === 0 || theirs.requests === 0) && waited < mostSeconds) return before;
  const interval: Interval = {
    canaryFailed: mine.failed,
    canary: mine.requests,
    otherFailed: theirs.failed,
    other: theirs.requests,
  };
  return {
    phi: before.phi,
    until: { seconds, canary: sum(until.canary, mine), other: sum(until.other, theirs) },
    worse: after(before.worse, interval, before.phi),
    better: after(before.better, interval, before.phi),
  };
}

/**
 * What is new since the mark. A count that went back, as when a witness is lost, adds nothing until it is past the mark;
 * a failure without a request, such as a crash, is left for the next requests.
 */
function grown(mark: Mark, now: Mark): Mark {
  const requests = Math.max(0, now.requests - mark.requests);
  return { requests, failed: Math.min(requests, Math.max(0, now.failed - mark.failed)) };
}

const sum = (one: Mark, more: Mark): Mark => ({
  requests: one.requests + more.requests,
  failed: one.failed + more.failed,
});

/** ln of the evidence that the canary fails more often than the other side. */
export const logReject = ({ worse }: Comparison): number => worse.log;

/** ln of the evidence that it fails less than `margin` times as often. */
export const logPromote = ({ better }: Comparison): number => better.log;
