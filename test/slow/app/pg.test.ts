import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import pg from "pg";
import Cursor from "pg-cursor";
import QueryStream from "pg-query-stream";
import { ofModel } from "../../../app/cost/model.ts";
import { instrumentPg } from "../../../app/pg.ts";
import { state } from "../../../app/state.ts";
import { startPostgres, type DatabaseServer } from "../../support/databases.ts";
import { asRequest, booked } from "../../support/requests.ts";
import { pgOptions } from "./options.ts";

const three = "select * from students where id <= $1";
const about = { route: "GET /classes/:id", team: "core" };

describe("the cost of requests that ask PostgreSQL by pg", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let pool: pg.Pool;
  let client: pg.Client;

  before(async () => {
    server = await startPostgres();
    instrumentPg(pg, pgOptions);
    pool = new pg.Pool({ ...server.login, max: 2 });
    client = new pg.Client(server.login);
    await client.connect();
    await client.query("create table students as select id from generate_series(1, 10) id");
  });

  after(async () => {
    await client.end();
    await pool.end();
    await server.stop();
  });

  /** By the callback that `send` is given. */
  function called<Value>(
    send: (done: (error: Error | null | undefined, value: Value) => void) => void,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      send((error, value) => {
        if (error) reject(error);
        else resolve(value);
      });
    });
  }

  const forms: Record<string, [work: () => Promise<unknown>, queries: number, items: number]> = {
    "a text that the pool is asked": [() => pool.query("select * from students"), 1, 10],
    "a text with values": [() => pool.query(three, [3]), 1, 3],
    "a config": [() => pool.query({ text: three, values: [3], rowMode: "array" }), 1, 3],
    "a callback of the pool": [
      () =>
        called((done) => {
          pool.query(three, [3], done);
        }),
      1,
      3,
    ],
    "a callback without values": [
      () =>
        called((done) => {
          pool.query("select * from students", done);
        }),
      1,
      10,
    ],
    "a promise of a client": [() => client.query(three, [3]), 1, 3],
    "a callback of a client": [
      () =>
        called((done) => {
          client.query(three, [3], done);
        }),
      1,
      3,
    ],
    "a config with its callback": [
      () =>
        called((callback) => {
          void client.query(Object.assign({ text: three, values: [3] }, { callback }));
        }),
      1,
      3,
    ],
    "several statements": [() => client.query("select * from students; select 1 from students"), 1, 20],
    "an insert": [() => client.query("insert into students values (11)"), 1, 0],
    "an insert that returns its row": [
      () => client.query("insert into students values (12) returning id"),
      1,
      1,
    ],
    "a delete": [() => client.query("delete from students where id > 10"), 1, 0],
    "named statements": [
      async () => {
        for (const values of [[3], [4]]) await client.query({ name: "some", text: three, values });
      },
      2,
      7,
    ],
    "an error": [
      () => assert.rejects(pool.query("select * from students where nothing"), { code: "42703" }),
      1,
      0,
    ],
    "an error of a pool that reaches no server": [
      async () => {
        const lost = new pg.Pool({ host: "127.0.0.1", port: 1 });
        await assert.rejects(lost.query(three, [3]), { code: "ECONNREFUSED" });
        await assert.rejects(
          called((done) => {
            lost.query(three, [3], done);
          }),
        );
        await lost.end();
      },
      2,
      0,
    ],
    "an error of a connection that is lost": [
      async () => {
        const lost = new pg.Client(server.login);
        lost.on("error", () => undefined);
        await lost.connect();
        await assert.rejects(lost.query("select pg_terminate_backend(pg_backend_pid())"));
        await assert.rejects(lost.query("select 1"));
      },
      2,
      0,
    ],
    "an error of a callback": [
      () =>
        assert.rejects(
          called((done) => {
            client.query("select 1 / (id - 1) from students", done);
          }),
        ),
      1,
      0,
    ],
    "a transaction": [
      async () => {
        for (const text of ["begin", "select * from students", "rollback"]) await client.query(text);
      },
      3,
      10,
    ],
    "a cursor that is read in part": [
      async () => {
        const cursor = client.query(new Cursor("select * from students"));
        await cursor.read(3);
        await called<unknown[]>((done) => {
          cursor.read(3, done);
        });
        await cursor.close();
      },
      1,
      6,
    ],
    "a cursor's error": [
      async () => {
        const cursor = client.query(new Cursor("select nothing from students"));
        await assert.rejects(cursor.read(3));
      },
      1,
      0,
    ],
    "a stream that is left early": [
      async () => {
        const stream = client.query(new QueryStream("select * from students", [], { batchSize: 4 }));
        const closed = once(stream, "close");
        stream.once("data", () => stream.destroy());
        await closed;
      },
      1,
      4,
    ],
    "an emitter of rows": [
      async () => {
        const query = client.query(new pg.Query("select * from students"));
        query.on("row", () => undefined);
        await once(query, "end");
      },
      1,
      10,
    ],
    "an emitter of an error": [
      async () => {
        await once(client.query(new pg.Query("select nothing from students")), "error");
      },
      1,
      0,
    ],
  };
  for (const [name, [work, queries, items]] of Object.entries(forms)) {
    it(`has ${name}`, async () => {
      const request = await asRequest(about, work);
      const cost = booked(request);
      assert.deepEqual([cost.queries, cost.items], [queries, items]);
      assert.equal(request.cost?.databases.get("postgres")?.longestMs, request.cost?.longestMs);
      assert(request.cost !== undefined && request.cost.longestMs > 0);
    });
  }

  it("has each table by its name, and a model's queries by the model's", async () => {
    const request = await asRequest(about, async () => {
      await pool.query(
        "select a.* from students a join pg_catalog.pg_class c on c.oid = a.id where a.id <= $1",
        [0],
      );
      await ofModel("pupils", () => pool.query(three, [2]));
      await pool.query(three, [1]);
    });
    assert.deepEqual(booked(request).tables, {
      students: [2, 1],
      "pg_catalog.pg_class": [1, 0],
      pupils: [1, 2],
    });
  });

  it("has nothing of a query that belongs to no request, whoever gave its client back", async () => {
    const waiting: Promise<unknown>[] = [];
    const request = await asRequest(about, async () => {
      const taken = await Promise.all([pool.connect(), pool.connect()]);
      state().requests.exit(() => {
        waiting.push(
          called((done) => {
            pool.connect((_, other, release) => {
              other?.query("select 1", (error, result) => {
                release();
                done(error, result);
              });
            });
          }),
          pool.query("select 1"),
          pool.connect().then((other) =>
            other.query("select 1").finally(() => {
              other.release();
            }),
          ),
        );
      });
      for (const one of taken) one.release();
      await Promise.all(waiting);
    });
    assert.equal(booked(request).queries, 0);
  });

  it("is known to each callback and listener, whoever opened the connection", async () => {
    const heard = new Map<string, unknown>();
    const hear = (name: string) => heard.set(name, state().requests.getStore());
    const request = await asRequest(about, async () => {
      const cursor = client.query(new Cursor("select * from students"));
      await called<unknown[]>((done) => {
        cursor.read(3, (error, rows) => {
          hear("read");
          done(error, rows);
        });
      });
      await called<undefined>((done) => {
        cursor.close((error) => {
          hear("close");
          done(error, undefined);
        });
      });
      const query = client.query(new pg.Query("select * from students"));
      query.on("row", () => hear("row")).on("end", () => hear("end"));
      await once(query, "end");
      const stream = client.query(new QueryStream("select * from students", [], { batchSize: 4 }));
      stream.on("data", () => stream.destroy()).on("close", () => hear("stream"));
      await once(stream, "close");
    });
    assert.deepEqual([...heard.keys()], ["read", "close", "row", "end", "stream"]);
    for (const [name, known] of heard) assert.equal(known, request, name);
  });

  it("has a query once, however pg was loaded and however often it was instrumented", async () => {
    const required: unknown = createRequire(import.meta.url)("pg");
    assert.equal(required, pg);
    instrumentPg(pg, { database: "a second time" });
    const request = await asRequest(about, () => pool.query(three, [3]));
    assert.deepEqual([...(request.cost?.databases.keys() ?? [])], ["postgres"]);
    assert.equal(booked(request).queries, 1);
  });

  it("says where the first query of a request came from, also when the pool had no client for it", async () => {
    const request = await asRequest({ route: "GET /all" }, async function fetchAll() {
      const queries = [1, 2, 3, 4].map((id) => pool.query(three, [id]));
      await Promise.all(queries);
    });
    assert.match(request.cost?.firstQuery?.stack ?? "", /fetchAll/);
  });

  it("leaves an error the stack of whoever asked", async function () {
    const error: unknown = await pool.query("select nothing").catch((caught: unknown) => caught);
    await asRequest(about, async function fetchNothing() {
      const own: unknown = await awaitIt().catch((caught: unknown) => caught);
      assert(own instanceof pg.DatabaseError && error instanceof pg.DatabaseError);
      assert.match(own.stack ?? "", /awaitIt/);
    });
    async function awaitIt(): Promise<void> {
      await pool.query("select nothing");
    }
  });
});
