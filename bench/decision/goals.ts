import type { Baseline } from "../../settings/policy.ts";
import { atLeast } from "./binomial.ts";
import { limitSeconds } from "./nary.ts";
import { share, type Release } from "./releases.ts";
import { percent, type Row } from "./rows.ts";

/** Part of good releases with enough traffic that may stay undecided. */
const mostInconclusive = 0.05;

/** Chance with which a policy that keeps its promise is said to miss it, in one row. */
const doubt = 0.001;

/**
 * Requests of a canary that are enough for nine of ten good releases, three times over: docs/statistics.md tells that the
 * other side's rate and phi decide it.
 */
const enoughRequests = ({ old, phi }: Release, { bound }: Baseline) =>
  (100 * phi) / Math.max(old.rate, bound.errorRate);

const hasEnoughTraffic = (release: Release, limits: Baseline) =>
  share * release.requestsPerSecond * (limitSeconds - (release.lateSeconds ?? 0)) >=
  enoughRequests(release, limits);

/** What nary:baseline promises and does not keep on that release, one sentence each. */
export function misses(row: Row, release: Release, limits: Baseline): string[] {
  const { alpha, beta, bound } = limits;
  const isMore = (part: number, allowed: number) =>
    atLeast(Math.round(part * row.runs), row.runs, allowed) < doubt;
  const where = `${row.policy} on "${row.release}"`;
  const mostPromoted = beta + 1 - bound.confidence;
  return [
    ...(isMore(row.falseReject, alpha)
      ? [`${where} rejects ${percent(row.falseReject)}, above ${percent(alpha)}`]
      : []),
    ...(isMore(row.falsePromote, mostPromoted)
      ? [`${where} promotes ${percent(row.falsePromote)}, above ${percent(mostPromoted)}`]
      : []),
    ...(row.truth === "good" &&
    hasEnoughTraffic(release, limits) &&
    isMore(row.inconclusive, mostInconclusive)
      ? [`${where} leaves ${percent(row.inconclusive)} undecided, above ${percent(mostInconclusive)}`]
      : []),
  ];
}
