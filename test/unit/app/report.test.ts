import assert from "node:assert/strict";
import { newCost } from "../../../app/cost/cost.ts";
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
        await new Promise((resolve) => setTimeout(resolve, query === 3 ? 200 : 1));
        end();
      }
    });
    const { slowest } = reportOf(request);
    assert.equal(slowest.length, 5);
    const text = slowest[0]?.text ?? "";
    assert.deepEqual([text.slice(0, 2), text.length], ["3x", 500]);
    endRequest(request, { type: "closed" });
  });

  it("says where its queries were begun: the first, and the last that is looked at, which is in the loop", () => {
    const query = () => {
      startQuery({ database: "postgres" })();
    };
    const fanOut = (times: number) => {
      for (let each = 0; each < times; each++) query();
    };
    const stacksOf = (work: () => void) => {
      const request = inRequest(work);
      endRequest(request, { type: "closed" });
      return reportOf(request).stacks;
    };
    const beforeLoop = function loadSession() {
      for (let each = 0; each < 20; each++) query();
    };
    const few = stacksOf(beforeLoop);
    assert.match(few.first ?? "", /^at query .*report\.test/);
    assert.match(few.loop ?? "", /loadSession/);
    const many = stacksOf(() => {
      beforeLoop();
      fanOut(100);
    });
    assert.match(many.first ?? "", /loadSession/);
    assert.match(many.loop ?? "", /fanOut/);
  });

  it("has frames of the service alone, and those of packages where there are no others", () => {
    const request = newRequest();
    const stack = (...frames: string[]) =>
      Object.assign(new Error("here"), {
        stack: ["Error: here", ...frames.map((frame) => `    ${frame}`)].join("\n"),
      });
    const packages = "at query (/srv/node_modules/knex/lib/client.js:1:2)";
    request.cost = {
      ...newCost(),
      firstQuery: stack(
        packages,
        "at new Promise (<anonymous>)",
        "at load (file:///srv/load.ts:1:2)",
        "at run (node:internal/a:1:2)",
      ),
      loop: stack(packages),
    };
    assert.deepEqual(reportOf(request).stacks, {
      first: "at load (file:///srv/load.ts:1:2)",
      loop: packages,
    });
    endRequest(request, { type: "closed" });
  });
});
