import { EventEmitter, once } from "node:events";
import { promisify } from "node:util";
import pg from "pg";
import Cursor from "pg-cursor";
import QueryStream from "pg-query-stream";
import { instrumentPg } from "../../../app/pg.ts";
import { startPostgres, type DatabaseServer } from "../../support/databases.ts";
import { interleave, type Form } from "./interleave.ts";
import { pgOptions } from "./options.ts";

const text = "select n from generate_series(1, $1::int) n";

describe("the cost of 10,000 interleaved requests on PostgreSQL", function () {
  this.timeout(120_000);
  let server: DatabaseServer;
  let pool: pg.Pool;
  // Listeners that were added in one request hear what is emitted in another one.
  const shared = new EventEmitter().setMaxListeners(0);

  before(async () => {
    server = await startPostgres();
    instrumentPg(pg, pgOptions);
    pool = new pg.Pool({ ...server.login, max: 20 });
  });

  after(async () => {
    await pool.end();
    await server.stop();
  });

  async function withClient(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    const client = await pool.connect();
    try {
      await work(client);
    } finally {
      client.release();
    }
  }

  const forms: Form[] = [
    {
      name: "a promise of the pool",
      queries: 1,
      fetch: async (rows, here) => {
        await pool.query(text, [rows]);
        here();
      },
    },
    {
      name: "a callback of the pool",
      queries: 2,
      fetch: (rows, here) =>
        new Promise((resolve) => {
          pool.query(text, [rows], () => {
            here();
            pool.query({ text: "select where false" }, () => {
              here();
              resolve();
            });
          });
        }),
    },
    {
      name: "a callback of a client that the pool called back with",
      queries: 1,
      fetch: (rows, here) =>
        new Promise((resolve, reject) => {
          pool.connect((error, client, release) => {
            if (client === undefined) {
              reject(error ?? new Error("no client"));
              return;
            }
            here();
            client.query(text, [rows], () => {
              here();
              release();
              resolve();
            });
          });
        }),
    },
    {
      name: "a transaction",
      queries: 3,
      fetch: (rows) =>
        withClient(async (client) => {
          await client.query("begin");
          await client.query({ name: "series", text, values: [rows] });
          await client.query("commit");
        }),
    },
    {
      name: "a cursor",
      queries: 1,
      fetch: (rows, here) =>
        withClient(async (client) => {
          const cursor = client.query(new Cursor(text, [rows]));
          while ((await cursor.read(2)).length === 2);
          await new Promise<void>((resolve) => {
            cursor.close(() => {
              here();
              resolve();
            });
          });
        }),
    },
    {
      name: "a stream",
      queries: 1,
      fetch: (rows, here) =>
        withClient(async (client) => {
          const stream = client.query(new QueryStream(text, [rows], { batchSize: 2 }));
          stream.on("data", here);
          stream.on("close", here);
          await once(stream, "close");
        }),
    },
    {
      name: "an emitter of rows",
      queries: 1,
      fetch: (rows, here) =>
        withClient(async (client) => {
          const query = client.query(new pg.Query(text, [rows]));
          query.on("row", here);
          query.on("end", here);
          await once(query, "end");
        }),
    },
    {
      name: "a query after setImmediate, a timer and somebody else's event",
      queries: 1,
      fetch: async (rows, here) => {
        await promisify(setImmediate)();
        await promisify(setTimeout)(1);
        shared.emit("tick");
        setImmediate(() => shared.emit("tick"));
        await once(shared, "tick");
        await pool.query(text, [rows]);
        here();
      },
    },
  ];

  it("is each one's own, to the query and to the row", () => interleave(forms, 10_000));
});
