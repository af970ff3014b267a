import { eventLoopLag, type EventLoopLag } from "../lag/watch.ts";
import { identityOf, type Identity } from "./identity.ts";
import { state, type RecentError } from "../state.ts";

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
  eventLoopLag: EventLoopLag;
};

export function countsOf(identity: Identity = {}): Counts {
  const now = state();
  return {
    errorCount: now.errorCount,
    requestCount: now.requestCount,
    failedRequests: now.failedRequests,
    instanceId: now.instanceId,
    startedAt: now.startedAt,
    ...identityOf(identity),
    recentErrors: [...now.recentErrors.values()],
    eventLoopLag: eventLoopLag(),
  };
}
