import { addRoute, type RouteCost } from "../cost/routes.ts";
import { eventLoopLag } from "../lag/watch.ts";
import { state, type RecentError } from "../state.ts";

/** What one process has counted since it started, or several of them. */
export type Counted = {
  errorCount: number;
  requestCount: number;
  failedRequests: number;
  /** The newest last. */
  recentErrors: RecentError[];
  routes: RouteCost[];
  /** Longest stall of an event loop lately, in milliseconds. */
  stallMs: number;
};

/** Counts of all processes of a service, which are one instance of it. */
export type Total = Counted & { instanceId: string; startedAt: string };

/** Kinds of errors that a sum keeps; those of the longest ago go first. */
const mostRecent = 20;

export function countedHere(): Counted {
  const { errorCount, requestCount, failedRequests, recentErrors, routes } = state();
  return {
    errorCount,
    requestCount,
    failedRequests,
    recentErrors: [...recentErrors.values()],
    routes: [...routes.values()],
    stallMs: eventLoopLag().maxMs,
  };
}

/** What this process knows of: itself and, in the primary of a cluster, its workers. */
export function totalHere(): Total {
  const { workers, instanceId, startedAt } = state();
  const counted = workers.size === 0 ? countedHere() : sum([countedHere(), ...workers.values()]);
  return { ...counted, instanceId, startedAt };
}

export function sum(parts: readonly Counted[]): Counted {
  const total = { errorCount: 0, requestCount: 0, failedRequests: 0 };
  const routes = new Map<string, RouteCost>();
  const kinds = new Map<string, RecentError>();
  for (const part of parts) {
    total.errorCount += part.errorCount;
    total.requestCount += part.requestCount;
    total.failedRequests += part.failedRequests;
    for (const route of part.routes) addRoute(routes, route);
    for (const error of part.recentErrors) {
      const known = kinds.get(error.fingerprint);
      kinds.set(error.fingerprint, known === undefined ? error : both(known, error));
    }
  }
  const sorted = [...kinds.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return {
    ...total,
    recentErrors: sorted.slice(-mostRecent),
    routes: [...routes.values()],
    stallMs: Math.max(0, ...parts.map(({ stallMs }) => stallMs)),
  };
}

function both(one: RecentError, other: RecentError): RecentError {
  const later = Date.parse(other.at) >= Date.parse(one.at) ? other : one;
  return { ...later, count: one.count + other.count };
}

/** A number that grows with each error and each failed request. */
export function troubleIn({
  errorCount,
  failedRequests,
}: Pick<Counted, "errorCount" | "failedRequests">): number {
  return errorCount + failedRequests;
}

/** The same of this process and its workers; asked after each request, when not all has to be added up. */
export function troubleHere(): number {
  const now = state();
  let trouble = troubleIn(now);
  for (const worker of now.workers.values()) trouble += troubleIn(worker);
  return trouble;
}

export function errorsHere(): number {
  const now = state();
  let { errorCount } = now;
  for (const worker of now.workers.values()) errorCount += worker.errorCount;
  return errorCount;
}
