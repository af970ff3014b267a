import assert from "node:assert/strict";
import pg from "pg";
import Cursor from "pg-cursor";
import QueryStream from "pg-query-stream";
import { instrumentPg } from "../../../app/pg.ts";
import { startPostgres, type DatabaseServer } from "../../support/databases.ts";
import { asRequest, booked } from "../../support/requests.ts";
import { pgOptions } from "./options.ts";

const current = "select query from pg_stat_activity where pid = pg_backend_pid()";
const comment = " /*release='api%3A1',route='GET%20%2Fclasses%2F%3Aid',team='core'*/";
const about = { route: "GET /classes/:id", team: "core" };

describe("the comment by which pg tells PostgreSQL a query's route", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let pool: pg.Pool;
  let client: pg.Client;

  before(async () => {
    server = await startPostgres();
    instrumentPg(pg, pgOptions);
    pool = new pg.Pool(server.login);
    client = new pg.Client(server.login);
    await client.connect();
  });

  after(async () => {
    await client.end();
    await pool.end();
    await server.stop();
  });

  async function textOf(work: () => Promise<pg.QueryResult<{ query: string }>>): Promise<string | undefined> {
    let text: string | undefined;
    await asRequest(about, async () => {
      text = (await work()).rows[0]?.query;
    });
    return text;
  }

  it("is on a query of any form", async () => {
    assert.equal(await textOf(() => pool.query(current)), current + comment);
    assert.equal(
      await textOf(() => pool.query({ text: `${current} and $1 = 1`, values: [1] })),
      `${current} and $1 = 1${comment}`,
    );
    assert.equal(await textOf(() => client.query(`${current};`)), `${current}${comment};`);
    await asRequest(about, async () => {
      const cursor = client.query(new Cursor(current));
      assert.deepEqual(await cursor.read(1), [{ query: current + comment }]);
      await cursor.close();
      const rows: unknown = await client.query(new QueryStream(current)).toArray();
      assert.deepEqual(rows, [{ query: current + comment }]);
    });
  });

  it("is left out where the statement has a name or a comment of its own", async () => {
    assert.equal(await textOf(() => pool.query({ name: "current", text: current })), current);
    const own = `${current} /* mine */`;
    assert.equal(await textOf(() => client.query(own)), own);
  });

  it("leaves the caller's config as it is, also one of a class", async () => {
    class Statement {
      get text() {
        return `${current} and $1 = 1`;
      }
      get values() {
        return [1];
      }
    }
    const plain = Object.freeze({ text: current });
    assert.equal(await textOf(() => pool.query(plain)), current + comment);
    const statement = new Statement();
    for (const asked of [pool, client]) {
      assert.equal(await textOf(() => asked.query(statement)), statement.text + comment);
    }
  });

  it("survives a route that would end the comment or be a placeholder", async () => {
    const route = "GET /*/:id*/; drop table students; -- ' $1 ? \\ \n \ud800 é 😀";
    const request = await asRequest({ route, team: "it's" }, async () => {
      const { rows } = await pool.query<{ query: string }>(`${current} and $1::int = 1`, [1]);
      assert.match(rows[0]?.query ?? "", /\/\*release='api%3A1',route='[\w%.-]+',team='it%27s'\*\/$/);
      await client.query("select 1");
    });
    assert.equal(booked(request).queries, 2);
  });
});
