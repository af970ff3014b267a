import type { RequestState } from "../state.ts";

/** What the requests of one route have cost since the process started. Only those that came to an end are in it. */
export type RouteCost = {
  /** Such as `GET /classes/:id`. */
  route: string;
  requests: number;
  queries: number;
  /** Rows or documents that came back. */
  items: number;
  /** Milliseconds of all queries, added up. */
  durationMs: number;
  /** The square of each request's queries, added up: with it, whoever compares knows how much they vary. */
  queriesSquared: number;
  itemsSquared: number;
};

/** Whoever puts ids into routes would fill the memory with them, and the answer of the counter route. */
const mostRoutes = 200;
const mostLetters = 100;

/** Where requests are booked that have no route, and those of the routes that are too many. */
const other = "other";

/** The costs of a process by route. */
export type RouteCosts = Map<string, RouteCost>;

/** Books a request that came to its end with its route. */
export function bookRoute(routes: RouteCosts, { route, cost }: RequestState): void {
  const booked = routes.get(route ?? other) ?? begun(routes, route ?? other);
  booked.requests += 1;
  if (cost === undefined) return;
  const { queries, items, durationMs } = cost;
  booked.queries += queries;
  booked.items += items;
  booked.durationMs += durationMs;
  booked.queriesSquared += queries * queries;
  booked.itemsSquared += items * items;
}

function begun(routes: RouteCosts, name: string): RouteCost {
  // `other` itself is none of the 200.
  const room = mostRoutes + (routes.has(other) ? 1 : 0);
  const route = name.length <= mostLetters && routes.size < room ? name : other;
  const known = routes.get(route);
  if (known !== undefined) return known;
  const made = {
    route,
    requests: 0,
    queries: 0,
    items: 0,
    durationMs: 0,
    queriesSquared: 0,
    itemsSquared: 0,
  };
  routes.set(route, made);
  return made;
}

/** Adds the costs of another process; together they have no more routes than one. */
export function addRoute(routes: RouteCosts, more: RouteCost): void {
  const sum = routes.get(more.route) ?? begun(routes, more.route);
  sum.requests += more.requests;
  sum.queries += more.queries;
  sum.items += more.items;
  sum.durationMs += more.durationMs;
  sum.queriesSquared += more.queriesSquared;
  sum.itemsSquared += more.itemsSquared;
}
