import { totalHere, type Total } from "../cluster/sum.ts";
import type { RouteCost } from "../cost/routes.ts";
import type { EventLoopLag } from "../lag/watch.ts";
import type { RecentError } from "../state.ts";
import { identityOf, type Identity } from "./identity.ts";

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
  eventLoopLag: EventLoopLag;
  /** What requests have cost by route, at most 201 routes; those that had none are not in it. */
  costs: RouteCost[];
};

/** @param total - of this process, unless that of a whole cluster is given */
export function countsOf(identity: Identity = {}, total: Total = totalHere()): Counts {
  return {
    errorCount: total.errorCount,
    requestCount: total.requestCount,
    failedRequests: total.failedRequests,
    instanceId: total.instanceId,
    startedAt: total.startedAt,
    ...identityOf(identity),
    recentErrors: total.recentErrors,
    eventLoopLag: { maxMs: total.stallMs },
    costs: total.routes.map((cost) => ({ ...cost, durationMs: Math.round(cost.durationMs * 1000) / 1000 })),
  };
}
