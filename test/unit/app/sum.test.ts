import assert from "node:assert/strict";
import { sum, type Counted } from "../../../app/cluster/sum.ts";
import type { RouteCost } from "../../../app/cost/routes.ts";

const route = (name: string, queries: number): RouteCost => ({
  route: name,
  requests: 1,
  queries,
  items: 2 * queries,
  durationMs: 0.5,
  queriesSquared: queries ** 2,
  itemsSquared: 4 * queries ** 2,
});

const counted = (more: Partial<Counted>): Counted => ({
  errorCount: 0,
  requestCount: 0,
  failedRequests: 0,
  recentErrors: [],
  routes: [],
  stallMs: 0,
  ...more,
});

describe("the counts of several processes", () => {
  it("add up, costs by route too, and have the longest stall of all", () => {
    const total = sum([
      counted({ errorCount: 1, requestCount: 5, routes: [route("GET /", 3)], stallMs: 7 }),
      counted({
        requestCount: 6,
        failedRequests: 2,
        routes: [route("GET /", 4), route("GET /a", 1)],
        stallMs: 40,
      }),
      counted({}),
    ]);
    assert.deepEqual(
      [total.errorCount, total.requestCount, total.failedRequests, total.stallMs],
      [1, 11, 2, 40],
    );
    assert.deepEqual(total.routes, [
      { ...route("GET /", 7), requests: 2, durationMs: 1, queriesSquared: 25, itemsSquared: 100 },
      route("GET /a", 1),
    ]);
  });

  it("leave what they are added up from as it was", () => {
    const parts = [counted({ routes: [route("GET /", 3)] }), counted({ routes: [route("GET /", 4)] })];
    sum(parts);
    sum(parts);
    assert.deepEqual(parts[0]?.routes, [route("GET /", 3)]);
  });

  it("have no more routes than one process", () => {
    const many = (begin: string) => Array.from({ length: 200 }, (_, index) => route(`${begin}${index}`, 1));
    const { routes } = sum([counted({ routes: many("GET /a") }), counted({ routes: many("GET /b") })]);
    assert.equal(routes.length, 201);
    assert.deepEqual([routes.at(-1)?.route, routes.at(-1)?.requests], ["other", 200]);
  });
});
