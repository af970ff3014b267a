import assert from "node:assert/strict";
import { reportOf } from "../../../app/cost/report.ts";
import { startQuery } from "../../../app/cost/query.ts";
import { endRequest, newRequest } from "../../../app/counts/request.ts";
import { state } from "../../../app/state.ts";

describe("what a request cost", () => {
  const inRequest = (work: () => void) => {
    const request = newRequest();
    state().requests.run(request, work);
    return request;
  };

  it("is nothing without a query, and outside of requests a query is nobody's", () => {
    startQuery({ database: "postgres" })({ items: 5 });
    const request = inRequest(() => undefined);
    const { queries, items, databases, slowest, stacks } = reportOf(request);
    assert.deepEqual(
      [queries, items, databases, slowest, stacks],
      [0, 0, {}, [], { first: null, loop: null }],
    );
    endRequest(request, { type: "closed" });
  });

  it("is by database and table; a query of two tables is one of each, and one of the database", () => {
    const request = inRequest(() => {
      startQuery({ database: "postgres", tables: ["classes", "students"] })({ items: 3 });
      startQuery({ database: "postgres", tables: ["students"] })({ items: 4 });
      startQuery({ database: "mongo" })();
    });
    const { queries, items, databases } = reportOf(request);
    assert.deepEqual([queries, items], [3, 7]);
    assert.deepEqual([databases["postgres"]?.queries, databases["postgres"]?.items], [2, 7]);
    const { classes, students } = databases["postgres"]?.tables ?? {};
    assert.deepEqual([classes?.queries, classes?.items, students?.queries, students?.items], [1, 3, 2, 7]);
    assert.equal(databases["mongo"]?.queries, 1);
    endRequest(request, { type: "closed" });
  });

  it("has a query that has not ended yet, and one that ends twice once", () => {
    const request = inRequest(() => {
      startQuery({ database: "postgres" });
      const end = startQuery({ database: "postgres" });
      end({ items: 1 });
      end({ items: 1 });
    });
    assert.deepEqual([reportOf(request).queries, reportOf(request).items], [2, 1]);
    endRequest(request, { type: "closed" });
  });

  it("is booked to the request that began a query, whichever runs at its end", () => {
    let end: ReturnType<typeof startQuery> | undefined;
    const one = inRequest(() => {
      end = startQuery({ database: "postgres" });
    });
    const other = inRequest(() => end?.({ items: 9 }));
    assert.deepEqual([reportOf(one).items, reportOf(other).items], [9, 0]);
    for (const request of [one, other]) endRequest(request, { type: "closed" });
  });

  it("keeps the five longest queries, and only the beginning of a long text", async () => {
    const request = newRequest();
    await state().requests.run(request, async () => {
      for (let query = 0; query < 8; query++) {
        const end = startQuery({ database: "postgres", text: `${query}${"x".repeat(1000)}` });
        await new Promise((resolve) => setTimeout(resolve, query === 3 ? 30 : 1));
        end();
      }
    });
    const { slowest } = reportOf(request);
    assert.equal(slowest.length, 5);
    const text = slowest[0]?.text ?? "";
    assert.deepEqual([text.slice(0, 2), text.length], ["3x", 500]);
    endRequest(request, { type: "closed" });
  });
});
