import assert from "node:assert/strict";
import { isMethod } from "../../../app/cost/methods.ts";
import { instrumentPg } from "../../../app/pg.ts";
import { asRequest, booked } from "../../support/requests.ts";

/** A client that answers with what it was asked. */
function echoingClient() {
  return class Client {
    query(config: unknown, values: unknown, callback: unknown): void {
      if (config === "broken") throw new TypeError("broken");
      if (isMethod(callback)) callback(undefined, { rows: [config, values] });
    }
  };
}

describe("instrumentPg", () => {
  const about = { route: "GET /a", team: "core" };

  it("says what it wants when it gets something else", () => {
    for (const wrong of [{}, { Client: Date }, { Pool: Date }]) {
      assert.throws(
        () => {
          instrumentPg(wrong);
        },
        { name: "TypeError", message: /wants the module pg.*instrumentPg\(pg\)/ },
      );
    }
  });

  it("takes the class of clients alone, and changes it once", async () => {
    const Client = echoingClient();
    instrumentPg({ Client });
    instrumentPg({ Client });
    const request = await asRequest(about, () => {
      new Client().query("select 1", [], () => undefined);
    });
    assert.deepEqual(booked(request), { queries: 1, items: 2, tables: {} });
  });

  it("writes no comment when it is told so, and books under the given name", async () => {
    const Client = echoingClient();
    instrumentPg({ Client }, { comment: false, database: "reports", tables: () => ["some"] });
    const asked: unknown[] = [];
    const request = await asRequest(about, () => {
      new Client().query("select 1", [1], (_: unknown, result: { rows: unknown[] }) =>
        asked.push(...result.rows),
      );
    });
    assert.deepEqual(asked, ["select 1", [1]]);
    assert.deepEqual([...(request.cost?.databases.keys() ?? [])], ["reports"]);
    assert.deepEqual(booked(request).tables, { some: [1, 2] });
  });

  it("ends a query that the client throws at, and lets what names tables fail", async () => {
    const Client = echoingClient();
    instrumentPg({ Client }, { comment: false, tables: () => assert.fail("no tables") });
    const request = await asRequest(about, () => {
      assert.throws(() => {
        new Client().query("broken", [], () => undefined);
      }, TypeError);
    });
    assert.deepEqual(booked(request), { queries: 1, items: 0, tables: {} });
    assert.equal(request.cost?.slowest.length, 1);
  });
});
