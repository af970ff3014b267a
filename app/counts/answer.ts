import { totalHere, type Total } from "../cluster/sum.ts";
import type { RecentError } from "../state.ts";

export type Identity = {
  /** Such as the image; NARY_RELEASE unless given. */
  release?: string;
  /** NARY_ROLE unless given. */
  role?: string;
};

/** What the counter route answers. Counts are those since the process started, or since the primary of its cluster did. */
export type Counts = {
  /** Errors that have to be fixed here; one request may have several. */
  errorCount: number;
  /** Requests that came to an end. */
  requestCount: number;
  /** Of them, those that failed; at most once each. */
  failedRequests: number;
  /** Another one after each start. */
  instanceId: string;
  /** ISO 8601. */
  startedAt: string;
  release: string | null;
  role: string | null;
  recentErrors: RecentError[];
};

/** @param total - of this process, unless that of a whole cluster is given */
export function countsOf({ release, role }: Identity = {}, total: Total = totalHere()): Counts {
  return {
    errorCount: total.errorCount,
    requestCount: total.requestCount,
    failedRequests: total.failedRequests,
    instanceId: total.instanceId,
    startedAt: total.startedAt,
    release: release ?? process.env["NARY_RELEASE"] ?? null,
    role: role ?? process.env["NARY_ROLE"] ?? null,
    recentErrors: total.recentErrors,
  };
}
