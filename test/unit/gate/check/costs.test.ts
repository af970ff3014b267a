import assert from "node:assert/strict";
import { Costs } from "../../../../gate/check/costs.ts";
import type { Routes } from "../../../../gate/count/routes.ts";
import { costs } from "../../../../settings/costs.ts";

const route = "GET /classes/:id";

/** Requests by route, with the queries of each. */
const told = (...all: [string, number, number][]): Routes =>
  new Map(
    all.map(([name, requests, each]) => [
      name,
      {
        requests,
        queries: { sum: requests * each, squares: requests * each * each },
        items: { sum: 0, squares: 0 },
      },
    ]),
  );

type Told = { canary: Routes | undefined; other: Routes | undefined };

/** With a second between two answers, beside a side that has been asked long ago. */
const sight = (given: object = {}) => {
  const seeing = new Costs(costs.parse(given), 1);
  return {
    look: (seconds: number, both: Told, isAwaited = false) => seeing.look(seconds, { ...both, isAwaited }),
  };
};
const nothing = { costs: [], unknown: [], waiting: null };
const young = { ...nothing, waiting: "what requests cost is compared for 3 s first" };

describe("the sight of costs", () => {
  it("has routes that cost too much by their means, since both sides tell", () => {
    const seeing = sight();
    assert.deepEqual(seeing.look(1, { canary: told([route, 10, 99]), other: told([route, 1000, 2]) }), young);
    const canary = told([route, 70, 25], ["GET /", 100, 1]);
    const other = told([route, 1100, 2], ["GET /", 100, 1]);
    const [seen, ...others] = seeing.look(2, { canary, other }).costs;
    assert.deepEqual(others, []);
    assert.deepEqual([seen?.route, seen?.respect, seen?.canary.requests], [route, "queries", 60]);
    assert.deepEqual(seen?.other, { requests: 100, sum: 200, squares: 400 });
  });

  /** What is seen at once of sides that had told nothing before. */
  const at = (seconds: number, canary: Routes, other: Routes, given: object = {}) => {
    const seeing = sight(given);
    seeing.look(Math.min(seconds, 0.5), { canary: told(), other: told() });
    return seeing.look(seconds, { canary, other });
  };

  it("has none that are allowed, and none at all where they are not compared", () => {
    const [canary, other] = [told([route, 300, 12]), told([route, 5000, 2])];
    assert.equal(at(1, canary, other).costs.length, 1);
    assert.deepEqual(at(4, canary, other, { allowed: [route] }), nothing);
    assert.deepEqual(at(1, canary, other, { compare: false }), nothing);
  });

  it("has nothing before there is traffic, or where a side does not tell", () => {
    const [canary, other] = [told([route, 300, 12]), told([route, 5000, 2])];
    assert.deepEqual(at(0, canary, other), nothing);
    assert.deepEqual(sight().look(1, { canary, other: undefined }), nothing);
    assert.deepEqual(sight().look(1, { canary: undefined, other }), nothing);
  });

  it("leaves out what was counted before its time", () => {
    const seeing = sight({ afterSeconds: 30 });
    const other = (requests: number) => told([route, requests, 2]);
    assert.deepEqual(seeing.look(29, { canary: told([route, 10, 50]), other: other(300) }), nothing);
    assert.deepEqual(seeing.look(30, { canary: told([route, 300, 50]), other: other(300) }), young);
    const later = new Map([
      [
        route,
        {
          requests: 400,
          queries: { sum: 300 * 50 + 100 * 2, squares: 300 * 2500 + 400 },
          items: { sum: 0, squares: 0 },
        },
      ],
    ]);
    assert.deepEqual(seeing.look(40, { canary: later, other: other(400) }), nothing);
  });

  it("says which routes the canary alone has, once they have had requests enough", () => {
    const canary = told(["GET /new", 50, 90], ["GET /newer", 49, 90], [route, 60, 2]);
    assert.deepEqual(at(4, canary, told([route, 60, 2])), {
      ...nothing,
      unknown: ["How the costs of GET /new compare: the canary alone had requests for what is called so."],
    });
    const many = told(
      ...Array.from({ length: 7 }, (_, id): [string, number, number] => [`GET /${id}`, 50, 1]),
    );
    assert.match(
      at(1, many, told()).unknown.join(),
      /^How the costs of GET \/0, GET \/1, GET \/2, GET \/3, GET \/4 and 2 more routes compare: /,
    );
  });

  it("lets a promotion wait until both sides have been compared for as long as two answers take", () => {
    const seeing = new Costs(costs.parse({}), 2);
    const look = (seconds: number) =>
      seeing.look(seconds, {
        canary: told([route, 300, 2]),
        other: told([route, 300, 2]),
        isAwaited: false,
      });
    assert.equal(look(7).waiting, "what requests cost is compared for 5 s first");
    assert.equal(look(11.9).waiting, "what requests cost is compared for 5 s first");
    assert.equal(look(12).waiting, null);
  });

  it("lets it wait for a side that has just been asked, and not for one that never answers", () => {
    const alone = { canary: told([route, 300, 2]), other: undefined };
    const { waiting } = sight().look(1, alone, true);
    assert.equal(waiting, "what requests cost on the other side is not known yet");
    assert.deepEqual(sight().look(1, alone), nothing);
  });

  it("lets nothing wait for a service without queries", () => {
    const canary = told([route, 300, 0]);
    assert.equal(sight().look(1, { canary, other: canary }).waiting, null);
    assert.equal(sight().look(1, { canary, other: undefined }, true).waiting, null);
  });
});
