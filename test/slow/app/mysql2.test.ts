import assert from "node:assert/strict";
import { once } from "node:events";
import { promisify } from "node:util";
import mysql2, { type Connection, type Pool, type QueryOptions, type QueryResult } from "mysql2";
import promises from "mysql2/promise";
import { isMethod } from "../../../app/cost/methods.ts";
import { ofModel } from "../../../app/cost/model.ts";
import { instrumentMysql2 } from "../../../app/mysql2.ts";
import { state } from "../../../app/state.ts";
import { startMariadb, type DatabaseServer } from "../../support/databases.ts";
import { asRequest, booked } from "../../support/requests.ts";
import { mysql2Options } from "./options.ts";

const all = "select * from students";
const some = "select * from students where id <= ?";
const current = "select info from information_schema.processlist where id = connection_id()";
const comment = " /*release='api%3A1',route='GET%20%2Fclasses%2F%3Aid',team='core'*/";
const about = { route: "GET /classes/:id", team: "core" };

describe("the cost of requests that ask MariaDB by mysql2", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let pool: Pool;
  let connection: Connection;
  let promised: promises.Connection;

  before(async () => {
    server = await startMariadb();
    instrumentMysql2(mysql2, mysql2Options);
    const login = { ...server.login, multipleStatements: true, namedPlaceholders: true };
    pool = mysql2.createPool({ ...login, connectionLimit: 2 });
    connection = mysql2.createConnection(login);
    promised = await promises.createConnection(login);
    await promised.query("create table students (id int) as select seq as id from seq_1_to_10");
    await promised.query("create procedure twice() begin select * from students; select 1; end");
  });

  after(async () => {
    await promised.end();
    await promisify(connection.end.bind(connection))();
    await promisify(pool.end.bind(pool))();
    await server.stop();
  });

  /** Of which the types know nothing. */
  function createQuery(text: string, values: readonly unknown[], done?: Done): QueryOptions {
    const create: unknown = Reflect.get(mysql2, "createQuery");
    assert(isMethod(create));
    const query = create(text, values, done, {});
    assert(isQuery(query));
    return query;
  }

  function isQuery(value: unknown): value is QueryOptions {
    return typeof value === "object" && value !== null && "sql" in value;
  }

  type Done = (error: Error | null, rows?: unknown) => void;

  /** By the callback that `send` is given. */
  function called(send: (done: Done) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      send((error, rows) => {
        if (error) reject(error);
        else resolve(rows);
      });
    });
  }

  const forms: Record<string, [work: () => Promise<unknown>, queries: number, items: number]> = {
    "a text that the pool is asked": [() => called((done) => pool.query(all, done)), 1, 10],
    "a text with values": [() => called((done) => pool.query(some, [3], done)), 1, 3],
    options: [() => called((done) => pool.query({ sql: some, values: [3], rowsAsArray: true }, done)), 1, 3],
    "named placeholders": [
      () => pool.promise().query("select * from students where id <= :id", { id: 3 }),
      1,
      3,
    ],
    "a promise of the pool": [() => pool.promise().query(some, [3]), 1, 3],
    "an execution of the pool": [() => pool.promise().execute(some, [3]), 1, 3],
    "an execution of the pool by options": [
      () =>
        called((done) => {
          pool.execute({ sql: some, values: [3] }, done);
        }),
      1,
      3,
    ],
    "an execution by named placeholders": [
      () => promised.execute("select * from students where id <= :id", { id: 3 }),
      1,
      3,
    ],
    "a callback of a connection": [() => called((done) => connection.query(some, [3], done)), 1, 3],
    "an execution's callback": [() => called((done) => connection.execute(some, [3], done)), 1, 3],
    "a promise of mysql2/promise": [() => promised.query({ sql: some, values: [3] }), 1, 3],
    "executions of the same text": [
      async () => {
        for (const id of [3, 4]) await promised.execute(some, [id]);
      },
      2,
      7,
    ],
    "a statement that is prepared by hand": [
      async () => {
        const statement = await promised.prepare(some);
        for (const id of [3, 4]) await statement.execute([id]);
        await statement.close();
      },
      2,
      7,
    ],
    "several statements": [
      () => promised.query(`${all}; select 1; delete from students where id > 10`),
      1,
      11,
    ],
    "several statements whose first has no rows": [() => promised.query(`set @a = 1; ${all}; ${all}`), 1, 20],
    "a procedure": [() => promised.query("call twice()"), 1, 11],
    "an insert": [() => promised.query("insert into students values ?", [[[11], [12]]]), 1, 0],
    "a delete": [() => promised.query("delete from students where id > 10"), 1, 0],
    "an error": [() => assert.rejects(promised.query("select nothing from students"), { errno: 1054 }), 1, 0],
    "an error of a pool that reaches no server": [
      async () => {
        const lost = mysql2.createPool({ host: "127.0.0.1", port: 1 });
        await assert.rejects(lost.promise().query(some, [3]), { code: "ECONNREFUSED" });
        await assert.rejects(lost.promise().execute(some, [3]), { code: "ECONNREFUSED" });
        await once(lost.query(some, [3]), "error");
        await lost.promise().end();
      },
      3,
      0,
    ],
    "an error of a connection that is lost": [
      async () => {
        const lost = await promises.createConnection(server.login);
        lost.on("error", () => undefined);
        await assert.rejects(lost.query("kill connection_id()"));
        await assert.rejects(lost.query("select 1"));
      },
      2,
      0,
    ],
    "an error of an execution": [
      () => assert.rejects(pool.promise().execute("select nothing from students"), { errno: 1054 }),
      1,
      0,
    ],
    "an execution that mysql2 refuses": [
      () =>
        assert.rejects(
          called((done) => connection.execute({ sql: some, values: [undefined] }, done)),
          TypeError,
        ),
      1,
      0,
    ],
    "a transaction": [
      async () => {
        await promised.beginTransaction();
        await promised.query(all);
        await promised.rollback();
      },
      3,
      10,
    ],
    "a stream": [
      async () => {
        assert.equal((await pool.query(all).stream().toArray()).length, 10);
      },
      1,
      10,
    ],
    "a stream of an execution": [
      async () => {
        assert.equal((await connection.execute(some, [3]).stream().toArray()).length, 3);
      },
      1,
      3,
    ],
    "an emitter of what an insert did": [
      async () => {
        await once(connection.query("insert into students values (11)"), "end");
        await once(connection.query("delete from students where id > 10"), "end");
      },
      2,
      0,
    ],
    "an emitter of an error": [
      async () => {
        await once(connection.query("select nothing from students"), "error");
      },
      1,
      0,
    ],
    "a query that was made before": [
      () => called((done) => connection.query(createQuery(some, [3], done))),
      1,
      3,
    ],
    "a query of a cluster": [
      async () => {
        const cluster = mysql2.createPoolCluster();
        cluster.add("one", server.login);
        await called((done) => cluster.of("*").query(some, [3], done));
        await called((done) => cluster.of("*").execute(some, [3], done));
        await promisify(cluster.end.bind(cluster))();
      },
      2,
      6,
    ],
  };
  for (const [name, [work, queries, items]] of Object.entries(forms)) {
    it(`has ${name}`, async () => {
      const request = await asRequest(about, work);
      const cost = booked(request);
      assert.deepEqual([cost.queries, cost.items], [queries, items]);
      assert.equal(request.cost?.databases.get("mariadb")?.longestMs, request.cost?.longestMs);
      assert(request.cost !== undefined && request.cost.longestMs > 0);
    });
  }

  it("has each table by its name, and a model's queries by the model's", async () => {
    const request = await asRequest(about, async () => {
      await promised.query("select a.* from students a join mysql.user on a.id = ? and false", [1]);
      await promised.query("insert into students set ?", [{ id: 11 }]);
      await promised.execute("delete from students where id > ?", [10]);
      await ofModel("pupils", () => pool.promise().query(some, [2]));
    });
    assert.deepEqual(booked(request).tables, { students: [3, 0], "mysql.user": [1, 0], pupils: [1, 2] });
  });

  it("has nothing of a query that belongs to no request, whoever gave its connection back", async () => {
    const request = await asRequest(about, async () => {
      const taken = await Promise.all([pool.promise().getConnection(), pool.promise().getConnection()]);
      const waiting = state().requests.exit(() => [
        called((done) => {
          pool.getConnection((_, other) => {
            other.query(all, (error, rows) => {
              other.release();
              done(error, rows);
            });
          });
        }),
        called((done) => pool.query(all, done)),
        called((done) => {
          pool.execute(all, done);
        }),
      ]);
      for (const one of taken) one.release();
      await Promise.all(waiting);
    });
    assert.equal(booked(request).queries, 0);
  });

  it("says where the first query of a request came from, also when the pool had no connection for it", async () => {
    const request = await asRequest({ route: "GET /all" }, async function fetchAll() {
      await Promise.all([1, 2, 3, 4].map((id) => pool.promise().query(some, [id])));
    });
    assert.match(request.cost?.firstQuery?.stack ?? "", /fetchAll/);
  });

  async function textOf(work: () => Promise<[QueryResult, ...unknown[]]>): Promise<unknown> {
    let rows: unknown;
    await asRequest(about, async () => {
      [rows] = await work();
    });
    return rows;
  }

  it("is told to MariaDB in a comment, by whichever form", async () => {
    const told = [{ info: current + comment }];
    assert.deepEqual(await textOf(() => pool.promise().query(current)), told);
    assert.deepEqual(await textOf(() => promised.query({ sql: current })), told);
    // The server sees no semicolon at the end, and takes no comment behind one.
    assert.deepEqual(await textOf(() => pool.promise().query(`${current};`)), told);
    await asRequest(about, async () => {
      assert.deepEqual(await pool.query(current).stream().toArray(), told);
      const query = createQuery(current, []);
      assert.deepEqual(await connection.query(query).stream().toArray(), told);
    });
  });

  it("is told in no comment where the statement is executed or has a comment of its own", async () => {
    assert.deepEqual(await textOf(() => promised.execute(current)), [{ info: current }]);
    const own = `${current} /* mine */`;
    assert.deepEqual(await textOf(() => promised.query(own)), [{ info: own }]);
  });

  it("leaves options as they are", async () => {
    const options = Object.freeze({ sql: current });
    assert.deepEqual(await textOf(() => pool.promise().query(options)), [{ info: current + comment }]);
  });

  it("survives a route that would end the comment or be a placeholder", async () => {
    const route = "GET /*/:id*/; drop table students; -- ' $1 ? \\ \n \ud800 é 😀";
    const request = await asRequest({ route, team: "it's" }, async () => {
      const [rows] = await promised.query(`${current} and 1 = :one`, { one: 1 });
      assert.match(JSON.stringify(rows), /\/\*release='api%3A1',route='[\w%.-]+',team='it%27s'\*\//);
      await promised.query(`${all} where id = ?`, [1]);
    });
    assert.equal(booked(request).queries, 2);
  });
});
