import type { RouteCost } from "../cost/routes.ts";
import { state, type RecentError } from "../state.ts";

export type Identity = {
  /** Such as the image; NARY_RELEASE unless given. */
  release?: string;
  /** NARY_ROLE unless given. */
  role?: string;
};

/** What the counter route answers. Counts are those since the process started. */
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
  /** What requests have cost by route, at most 201 routes; those that had none are not in it. */
  costs: RouteCost[];
};

export function countsOf({ release, role }: Identity = {}): Counts {
  const now = state();
  return {
    errorCount: now.errorCount,
    requestCount: now.requestCount,
    failedRequests: now.failedRequests,
    instanceId: now.instanceId,
    startedAt: now.startedAt,
    release: release ?? process.env["NARY_RELEASE"] ?? null,
    role: role ?? process.env["NARY_ROLE"] ?? null,
    recentErrors: [...now.recentErrors.values()],
    costs: [...now.routes.values()].map((cost) => ({
      ...cost,
      durationMs: Math.round(cost.durationMs * 1000) / 1000,
    })),
  };
}
