import assert from "node:assert/strict";
import { itemsOfMysql, itemsOfPg } from "../../../app/cost/items.ts";
import { ofModel } from "../../../app/cost/model.ts";
import { addItems, beginQuery, endQuery, startQuery } from "../../../app/cost/query.ts";
import { asRequest, booked } from "../../support/requests.ts";

describe("the cost of a request", () => {
  it("has a query with its database, its tables and its items", async () => {
    const request = await asRequest({}, () => {
      startQuery({ database: "mongo", tables: ["students", "classes"] })({ items: 3 });
      startQuery({ database: "redis" })();
    });
    assert.deepEqual(booked(request), {
      queries: 2,
      items: 3,
      tables: { students: [1, 3], classes: [1, 3] },
    });
    assert.deepEqual([...(request.cost?.databases.keys() ?? [])], ["mongo", "redis"]);
  });

  it("has a query under the model that makes it", async () => {
    const request = await asRequest({}, () =>
      ofModel("pupils", async () => {
        await Promise.resolve();
        startQuery({ database: "mongo", tables: ["students"] })({ items: 3 });
      }),
    );
    assert.deepEqual(booked(request).tables, { pupils: [1, 3] });
  });

  it("has the first end of a query alone, and the items that came before", async () => {
    const request = await asRequest({}, () => {
      const open = beginQuery({ database: "postgres", tables: ["students"] }) ?? assert.fail("no request");
      addItems(open, 2);
      endQuery(open, 3);
      addItems(open, 5);
      endQuery(open, 7);
    });
    assert.deepEqual(booked(request), { queries: 1, items: 5, tables: { students: [1, 5] } });
    assert.deepEqual(
      request.cost?.slowest.map(({ items }) => items),
      [5],
    );
  });

  it("has what came of a query that never ended", async () => {
    const request = await asRequest({}, () => {
      addItems(beginQuery({ database: "postgres" }) ?? assert.fail("no request"), 2);
    });
    assert.deepEqual(booked(request), { queries: 1, items: 2, tables: {} });
  });

  it("is nobody's outside of requests", () => {
    assert.equal(beginQuery({ database: "postgres" }), undefined);
    startQuery({ database: "mongo" })({ items: 1 });
  });
});

describe("the items of a result", () => {
  it("are the rows of pg's, of all statements", () => {
    assert.equal(itemsOfPg({ rows: [1, 2] }), 2);
    assert.equal(itemsOfPg([{ rows: [1, 2] }, { rows: [] }, { rows: [3] }]), 3);
    assert.equal(itemsOfPg(undefined), 0);
  });

  it("are the rows of mysql2's, of all statements, also where rows are lists", () => {
    const column = { name: "id" };
    for (const [rows, fields, items] of [
      [[[1], [2]], [column], 2],
      [[{ id: 1 }], [column], 1],
      [{ affectedRows: 3 }, undefined, 0],
      [[{ affectedRows: 3 }, [[1], [2]]], [undefined, [column]], 2],
      [[[[1]], [[1], [2]]], [[column], [column]], 3],
      [undefined, undefined, 0],
    ] as const) {
      assert.equal(itemsOfMysql(rows, fields), items);
    }
  });
});
