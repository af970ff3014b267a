import assert from "node:assert/strict";
import { newCost, type RequestCost } from "../../../app/cost/cost.ts";
import { bookRoute, type RouteCosts } from "../../../app/cost/routes.ts";
import { newRequest } from "../../../app/counts/request.ts";

function booked(...requests: { route?: string; cost?: Partial<RequestCost> }[]): RouteCosts {
  const routes: RouteCosts = new Map();
  for (const { route, cost } of requests) {
    const spent = cost === undefined ? undefined : { ...newCost(), ...cost };
    bookRoute(routes, { ...newRequest(), route, cost: spent });
  }
  return routes;
}

const none = { queries: 0, items: 0, durationMs: 0, queriesSquared: 0, itemsSquared: 0 };

describe("the costs of routes", () => {
  it("are those of their requests, added up, with their squares", () => {
    const route = "GET /classes/:id";
    const costs = booked(
      { route, cost: { queries: 2, items: 10, durationMs: 1.5 } },
      { route, cost: { queries: 4, items: 0, durationMs: 2 } },
      { route },
      { route: "GET /" },
    );
    assert.deepEqual(
      [...costs.values()],
      [
        {
          route,
          requests: 3,
          queries: 6,
          items: 10,
          durationMs: 3.5,
          queriesSquared: 20,
          itemsSquared: 100,
        },
        { route: "GET /", requests: 1, ...none },
      ],
    );
  });

  it("are those of `other` for requests that have no route, or a very long one", () => {
    const costs = booked({}, { route: `GET /${"x".repeat(100)}` }, { cost: { queries: 3 } });
    assert.deepEqual(
      [...costs.values()],
      [{ ...none, route: "other", requests: 3, queries: 3, queriesSquared: 9 }],
    );
  });

  for (const first of ["GET /first", undefined])
    it(`are of 200 routes and \`other\` at most, where ${first ?? "one without a route"} was first`, () => {
      const many = Array.from({ length: 300 }, (_, id) => ({ route: `GET /classes/${id}` }));
      const costs = booked({ ...(first === undefined ? {} : { route: first }) }, ...many, ...many);
      assert.equal(costs.size, 201);
      const requests = [...costs.values()].reduce((sum, cost) => sum + cost.requests, 0);
      assert.equal(requests, 601, "each request is booked");
      assert.equal(costs.get("GET /classes/100")?.requests, 2);
      assert.equal(costs.get("GET /classes/250"), undefined);
    });
});
