/** What the requests of a route have cost in one respect: added up, and their squares added up. */
export type Spent = { sum: number; squares: number };

/** What the requests of one route have cost. */
export type RouteSpent = { requests: number; queries: Spent; items: Spent };

/** By route, such as `GET /classes/:id`. */
export type Routes = ReadonlyMap<string, RouteSpent>;

export const noRoutes: Routes = new Map();

/** What @nary/app calls all that has no route, or one too many: a mixture, that of each process another one. */
const mixture = "other";

const nothing = (): RouteSpent => ({
  requests: 0,
  queries: { sum: 0, squares: 0 },
  items: { sum: 0, squares: 0 },
});

/** What all of them have spent. There may be thousands of instances with hundreds of routes, so sums are added to. */
export function allRoutes(each: Iterable<Routes>): Routes {
  const all = new Map<string, RouteSpent>();
  for (const routes of each) {
    for (const [route, { requests, queries, items }] of routes) {
      const sum = all.get(route) ?? nothing();
      all.set(route, sum);
      sum.requests += requests;
      add(sum.queries, queries);
      add(sum.items, items);
    }
  }
  return all;
}

function add(sum: Spent, more: Spent): void {
  sum.sum += more.sum;
  sum.squares += more.squares;
}

/** What can be compared of what has been spent since the zero: routes that have had requests since, each by itself. */
export function routesSince(zero: Routes, now: Routes): Routes {
  const grown = new Map<string, RouteSpent>();
  for (const [route, spent] of now) {
    if (route === mixture) continue;
    const before = zero.get(route);
    const requests = spent.requests - (before?.requests ?? 0);
    if (requests <= 0) continue;
    const queries = since(before?.queries, spent.queries);
    grown.set(route, { requests, queries, items: since(before?.items, spent.items) });
  }
  return grown;
}

/** Whether anything was spent on queries. */
export function hasQueries(routes: Routes): boolean {
  for (const { queries } of routes.values()) if (queries.sum > 0) return true;
  return false;
}

const since = (zero: Spent | undefined, now: Spent): Spent =>
  zero === undefined
    ? now
    : { sum: Math.max(0, now.sum - zero.sum), squares: Math.max(0, now.squares - zero.squares) };
