import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Counted } from "./cluster/sum.ts";
import type { RequestCost } from "./cost/cost.ts";
import { bookRoute, type RouteCosts } from "./cost/routes.ts";

/** One kind of error that was logged, by its fingerprint. */
export type RecentError = {
  fingerprint: string;
  message: string;
  /** How often since the process started. */
  count: number;
  /** When last, ISO 8601. */
  at: string;
};

/** What the kit knows of one request while it is served. */
export type RequestState = {
  /** Such as `GET /classes/:id`; set late, when the framework knows it. */
  route: string | undefined;
  area: string | undefined;
  team: string | undefined;
  /** Whether a server error was logged for it. */
  failed: boolean;
  done: boolean;
  /** By `performance.now()`. */
  start: number;
  /** When it last began or ended a query, by `performance.now()`; its start before its first. */
  active: number;
  /** By `performance.now()`; undefined while it is open. */
  end: number | undefined;
  /** Undefined before its first query. */
  cost: RequestCost | undefined;
};

/** How a request came to its end. */
export type RequestEnd =
  /** Answered in full. */
  | { type: "finished"; status: number }
  /** The client went away before that, which is no failure of this service. */
  | { type: "closed" }
  /** The service did not answer in time. */
  | { type: "timed out" };

/** All that the kit keeps in a process. */
export type State = {
  version: 1;
  instanceId: string;
  /** ISO 8601. */
  startedAt: string;
  errorCount: number;
  requestCount: number;
  failedRequests: number;
  /** The newest last. */
  recentErrors: Map<string, RecentError>;
  requests: AsyncLocalStorage<RequestState>;
  /** Those that have not ended, in the order in which they came, with their response where they are HTTP. */
  open: Map<RequestState, ServerResponse | undefined>;
  /** Those that ended last: a ring, in which the next one has the place that `requestCount` tells. */
  ended: RequestState[];
  /** Longest stalls of the event loop, by the second in which each was seen. */
  stalls: Map<number, number>;
  /** In the primary of a cluster what each worker has counted so far, by its id; ended ones are among them. */
  workers: Map<number, Counted>;
  /** Told after each change of the counts. */
  listeners: Set<() => void>;
  /** Told of each request that came to its end, once. */
  enders: Set<(request: RequestState, end: RequestEnd) => void>;
  /** What requests have cost by route, for the counter route. */
  routes: RouteCosts;
  /** What has its hooks already: servers, requests, the process. */
  hooked: WeakSet<object>;
};

const key = Symbol.for("@nary/app");

/**
 * The one state of this process, however often the kit was loaded: with a copy of its own, each would count a part.
 *
 * @throws Error when another copy of the kit keeps a state that this one cannot read
 */
export function state(): State {
  return (known ??= findState());
}

/** Asked several times for each query. */
let known: State | undefined;

function findState(): State {
  const found: unknown = Reflect.get(globalThis, key);
  if (found === undefined) {
    const made = newState();
    Reflect.set(globalThis, key, made);
    return made;
  }
  if (isState(found)) return found;
  throw new Error(
    "Two versions of @nary/app are loaded in this process that do not understand each other: " +
      "`npm ls @nary/app` lists them; bring them to the same version.",
  );
}

function newState(): State {
  const routes: RouteCosts = new Map();
  return {
    version: 1,
    instanceId: randomUUID(),
    startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    errorCount: 0,
    requestCount: 0,
    failedRequests: 0,
    recentErrors: new Map(),
    requests: new AsyncLocalStorage(),
    open: new Map(),
    ended: [],
    stalls: new Map(),
    workers: new Map(),
    listeners: new Set(),
    enders: new Set([
      (request) => {
        bookRoute(routes, request);
      },
    ]),
    routes,
    hooked: new WeakSet(),
  };
}

function isState(value: unknown): value is State {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}

/** Says whether something gets its hooks for the first time, and remembers that it has them. */
export function hookOnce(target: object): boolean {
  const { hooked } = state();
  if (hooked.has(target)) return false;
  hooked.add(target);
  return true;
}
