import assert from "node:assert/strict";
import { allRoutes, hasQueries, routesSince, type RouteSpent } from "../../../../gate/count/routes.ts";

const spent = (requests: number, queries: number, items = 0): RouteSpent => ({
  requests,
  queries: { sum: queries, squares: 2 * queries },
  items: { sum: items, squares: 3 * items },
});

describe("what routes have cost", () => {
  it("is added up by route, and changes nothing of what was added", () => {
    const one = new Map([["GET /", spent(1, 2, 3)]]);
    const two = new Map([
      ["GET /", spent(10, 20, 30)],
      ["GET /new", spent(1, 1)],
    ]);
    const expected = new Map([
      ["GET /", spent(11, 22, 33)],
      ["GET /new", spent(1, 1)],
    ]);
    assert.deepEqual(allRoutes([one, two]), expected);
    assert.deepEqual(allRoutes([one, two]), expected);
  });

  it("is what is new since the zero, of routes that had a request since", () => {
    const zero = new Map([
      ["GET /", spent(10, 20, 30)],
      ["GET /old", spent(5, 5)],
    ]);
    const now = new Map([
      ["GET /", spent(12, 25, 30)],
      ["GET /old", spent(5, 5)],
      ["GET /new", spent(3, 0)],
    ]);
    assert.deepEqual(
      routesSince(zero, now),
      new Map([
        ["GET /", spent(2, 5)],
        ["GET /new", spent(3, 0)],
      ]),
    );
  });

  it("is nothing of `other`, which is not the same on both sides", () => {
    assert.deepEqual(routesSince(new Map(), new Map([["other", spent(10, 20)]])), new Map());
  });

  it("has queries where one route has some", () => {
    assert.equal(hasQueries(new Map([["GET /", spent(5, 0)]])), false);
    assert.equal(
      hasQueries(
        new Map([
          ["GET /", spent(5, 0)],
          ["GET /classes/:id", spent(1, 1)],
        ]),
      ),
      true,
    );
  });
});
