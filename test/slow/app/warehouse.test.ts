import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { endRequest } from "../../../app/counts/request.ts";
import { instrumentPg } from "../../../app/pg.ts";
import { sendCosts, tableOf, type Warehouse } from "../../../app/warehouse.ts";
import { startPostgres, type DatabaseServer } from "../../support/databases.ts";
import { asRequest, booked } from "../../support/requests.ts";
import { pgOptions } from "./options.ts";

const sql = join(import.meta.dirname, "..", "..", "..", "app", "sql");

describe("a warehouse in PostgreSQL", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let pool: pg.Pool;
  let warehouse: Warehouse;
  let isAway: boolean;

  before(async () => {
    server = await startPostgres();
    instrumentPg(pg, pgOptions);
    pool = new pg.Pool(server.login);
    for (const file of ["postgres.sql", "views.sql"])
      await pool.query(await readFile(join(sql, file), "utf8"));
  });

  beforeEach(async () => {
    isAway = false;
    await pool.query("truncate nary_request_costs");
  });

  afterEach(() => warehouse.stop(0));

  after(async () => {
    await pool.end();
    await server.stop();
  });

  const start = (release: string, more: Partial<Parameters<typeof sendCosts>[0]> = {}) =>
    sendCosts({
      to: tableOf({
        query: (text, values) => {
          if (isAway) return Promise.reject(new Error("the warehouse is away"));
          return pool.query(text, values);
        },
      }),
      everySeconds: 0.05,
      release,
      role: "canary",
      ...more,
    });

  /** A request that fetches so many students one by one. */
  async function serve(route: string, students: number) {
    const request = await asRequest({ route, team: "core" }, async () => {
      for (let id = 1; id <= students; id++) await pool.query("select $1::int as student", [id]);
    });
    endRequest(request, { type: "finished", status: 200 });
    return request;
  }

  const rows = async (text: string) => (await pool.query({ text, rowMode: "array" })).rows;

  async function until(count: number): Promise<void> {
    while ((await rows("select count(*)::int from nary_request_costs")).join() !== String(count))
      await sleep(20);
  }

  it("has a row of each request, and its own inserts are no cost of any", async () => {
    // Started by a request, as by a service that connects when it is first asked.
    const first = await asRequest({ route: "GET /" }, () => {
      warehouse = start("api:1");
    });
    await serve("GET /classes/:id", 3);
    await until(1);
    assert.equal(booked(first).queries, 0);
    const all =
      "select release, role, route, team, status, failed, queries::int, items::int from nary_request_costs";
    assert.deepEqual(await rows(all), [["api:1", "canary", "GET /classes/:id", "core", 200, false, 3, 3]]);
    const [[tables] = []] = await rows("select tables::text from nary_request_costs");
    assert.match(String(tables), /^\{"postgres": \{/);
  });

  it("has every row once that came while it was away", async () => {
    warehouse = start("api:1", { batchRows: 10 });
    isAway = true;
    for (let request = 0; request < 35; request++) await serve("GET /", 0);
    while (warehouse.trouble === undefined) await sleep(5);
    assert.equal(warehouse.trouble, "the warehouse is away");
    isAway = false;
    await until(35);
    while (warehouse.waiting > 0) await sleep(5);
    assert.deepEqual(await rows("select count(distinct id)::int from nary_request_costs"), [[35]]);
    assert.deepEqual([warehouse.waiting, warehouse.dropped], [0, 0]);
  });

  it("gets what waits at the end", async () => {
    warehouse = start("api:1", { everySeconds: 1_000 });
    for (let request = 0; request < 5; request++) await serve("GET /", 1);
    assert.equal(await warehouse.stop(), 0);
    await until(5);
  });

  it("shows what routes cost, which requests fan out, and which release made it worse", async () => {
    warehouse = start("api:1", { share: 1 });
    await serve("GET /classes/:id", 2);
    await serve("GET /classes/:id", 4);
    await serve("GET /", 1);
    await warehouse.stop();
    warehouse = start("api:2");
    await serve("GET /classes/:id", 12);
    await warehouse.stop();
    await until(4);
    const costs =
      "select team, route, requests::int, queries::int, queries_per_request::int, most_queries::int " +
      "from nary_route_costs order by queries desc";
    assert.deepEqual(await rows(costs), [
      ["core", "GET /classes/:id", 3, 18, 6, 12],
      ["core", "GET /", 1, 1, 1, 1],
    ]);
    assert.deepEqual(await rows("select route, release, queries::int from nary_fan_outs order by 3 desc"), [
      ["GET /classes/:id", "api:2", 12],
      ["GET /", "api:1", 1],
    ]);
    const worse =
      "select route, release, release_before, queries_ratio::int from nary_release_costs where queries_ratio > 1.5";
    assert.deepEqual(await rows(worse), [["GET /classes/:id", "api:2", "api:1", 4]]);
  });

  it("counts a request for as many as it stands for where not all are sent", async () => {
    warehouse = start("api:1", { share: 0.25 });
    for (let request = 0; request < 200; request++) await serve("GET /", 0);
    await warehouse.stop();
    const [[sent, requests] = []] = await rows(
      "select count(*)::int, sum(weight)::int from nary_request_costs",
    );
    assert.ok(Number(sent) > 10 && Number(sent) < 100, String(sent));
    assert.equal(requests, Number(sent) * 4);
  });

  it("is one in a process", () => {
    warehouse = start("api:1");
    assert.throws(() => start("api:2"), /already: call sendCosts once/);
  });
});
