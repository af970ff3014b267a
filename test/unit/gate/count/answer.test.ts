import assert from "node:assert/strict";
import fc from "fast-check";
import { answerOf } from "../../../../gate/count/answer.ts";

const nothingMore = {
  type: "counts",
  process: undefined,
  failed: undefined,
  fingerprints: {},
  lagMs: undefined,
  costs: undefined,
  oddities: [],
} as const;

const route = "GET /classes/:id";
const cost = {
  route,
  requests: 3,
  queries: 6,
  items: 10,
  durationMs: 3.5,
  queriesSquared: 20,
  itemsSquared: 100,
};

describe("an answer of the counter route", () => {
  it("gives the counts of the article's service, whatever else it tells", () => {
    assert.deepEqual(answerOf(200, '{"errorCount":1,"requestCount":2,"memory":"12 MB"}'), {
      ...nothingMore,
      requests: 2,
      errors: 1,
    });
  });

  it("gives what the kit tells beside the counts", () => {
    const body = {
      errorCount: 3,
      requestCount: 20,
      failedRequests: 2,
      instanceId: "i1",
      startedAt: "2026-01-01T00:00:00.000Z",
      recentErrors: [{ fingerprint: "abc", message: "no", count: 3 }],
      eventLoopLag: { maxMs: 12.5 },
      costs: [cost],
    };
    assert.deepEqual(answerOf(200, JSON.stringify(body)), {
      type: "counts",
      requests: 20,
      errors: 3,
      process: "i1 2026-01-01T00:00:00.000Z",
      failed: 2,
      fingerprints: { abc: 3 },
      lagMs: 12.5,
      costs: new Map([
        [route, { requests: 3, queries: { sum: 6, squares: 20 }, items: { sum: 10, squares: 100 } }],
      ]),
      oddities: [],
    });
  });

  it("is right in spite of further fields of another form, which are named", () => {
    const body = {
      errorCount: 0,
      requestCount: 1,
      failedRequests: "none",
      instanceId: 7,
      startedAt: null,
      recentErrors: [{ message: "no" }],
      eventLoopLag: 3,
      costs: { [route]: cost },
    };
    assert.deepEqual(answerOf(200, JSON.stringify(body)), {
      ...nothingMore,
      requests: 1,
      errors: 0,
      oddities: ["instanceId", "failedRequests", "recentErrors", "eventLoopLag", "costs"],
    });
  });

  for (const [name, costs] of [
    [
      "of more routes than the kit tells",
      Array.from({ length: 202 }, (_, id) => ({ ...cost, route: `${id}` })),
    ],
    ["of half a query", [{ ...cost, queries: 0.5 }]],
    ["less than nothing", [{ ...cost, itemsSquared: -1 }]],
    ["of no route", [{ ...cost, route: "" }]],
    ["without the squares", [{ ...cost, queriesSquared: undefined }]],
  ] as const) {
    it(`has no costs that are ${name}, and is right`, () => {
      const answer = answerOf(200, JSON.stringify({ errorCount: 0, requestCount: 1, costs }));
      assert.deepEqual(answer, { ...nothingMore, requests: 1, errors: 0, oddities: ["costs"] });
    });
  }

  it("has no route with letters that change what stands beside it on a terminal", () => {
    const costs = [{ ...cost, route: "GET /\u001b[2K\u202e" }];
    const answer = answerOf(200, JSON.stringify({ errorCount: 0, requestCount: 1, costs }));
    assert.ok(answer.type === "counts");
    assert.deepEqual([...(answer.costs?.keys() ?? [])], ["GET /\ufffd[2K\ufffd"]);
  });

  for (const [name, body] of [
    ["HTML", "<html>Not here</html>"],
    ["a string", '{"errorCount":"0","requestCount":"100"}'],
    ["a missing count", '{"requestCount":100}'],
    ["a negative count", '{"errorCount":0,"requestCount":-1}'],
    ["a broken number", '{"errorCount":0,"requestCount":1.5}'],
    ["NaN", '{"errorCount":NaN,"requestCount":100}'],
    ["null, as JSON writes NaN", '{"errorCount":null,"requestCount":100}'],
    ["a number beyond counting", '{"errorCount":0,"requestCount":1e308}'],
    ["a list", "[0,100]"],
  ] as const) {
    it(`is wrong when it holds ${name}, and what it said is told`, () => {
      const answer = answerOf(200, body);
      assert.ok(answer.type === "wrong");
      assert.ok(answer.why.includes(JSON.stringify(body)), answer.why);
    });
  }

  it("is wrong with any status but 200", () => {
    for (const status of [201, 204, 301, 404, 500, 503]) {
      assert.equal(answerOf(status, '{"errorCount":0,"requestCount":100}').type, "wrong");
    }
  });

  it("is told by its beginning when it is long", () => {
    const answer = answerOf(200, `<html>${"x".repeat(10_000)}`);
    assert.ok(answer.type === "wrong" && answer.why.includes("<html>") && answer.why.length < 300);
  });

  it("is nobody's when it is empty", () => {
    assert.equal(answerOf(200, "").type, "absent");
  });

  it("is never counts that are not whole and at least 0, and its words are short and printable", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (body) => {
        const answer = answerOf(200, body);
        if (answer.type === "counts") {
          assert.ok(Number.isSafeInteger(answer.requests) && answer.requests >= 0);
          assert.ok(Number.isSafeInteger(answer.errors) && answer.errors >= 0);
        } else {
          assert.ok(answer.why.length < 1_000);
          assert.doesNotMatch(answer.why, /[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
    );
  });
});
