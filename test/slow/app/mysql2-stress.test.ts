import { once } from "node:events";
import { promisify } from "node:util";
import mysql2, { type Pool, type PoolConnection } from "mysql2";
import { instrumentMysql2 } from "../../../app/mysql2.ts";
import { startMariadb, type DatabaseServer } from "../../support/databases.ts";
import { interleave, type Form } from "./interleave.ts";
import { mysql2Options } from "./options.ts";

const text = "select seq from seq_1_to_10 where seq <= ?";

describe("the cost of 10,000 interleaved requests on MariaDB", function () {
  this.timeout(120_000);
  let server: DatabaseServer;
  let pool: Pool;

  before(async () => {
    server = await startMariadb();
    instrumentMysql2(mysql2, mysql2Options);
    pool = mysql2.createPool({ ...server.login, connectionLimit: 20 });
  });

  after(async () => {
    await promisify(pool.end.bind(pool))();
    await server.stop();
  });

  function withConnection(work: (connection: PoolConnection, done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      pool.getConnection((error, connection) => {
        if (error) {
          reject(error);
          return;
        }
        work(connection, () => {
          connection.release();
          resolve();
        });
      });
    });
  }

  const forms: Form[] = [
    {
      name: "a promise of the pool",
      queries: 1,
      fetch: async (rows, here) => {
        await pool.promise().query(text, [rows]);
        here();
      },
    },
    {
      name: "a promise of an execution of the pool",
      queries: 1,
      fetch: async (rows, here) => {
        await pool.promise().execute(text, [rows]);
        here();
      },
    },
    {
      name: "a callback of the pool",
      queries: 2,
      fetch: (rows, here) =>
        new Promise((resolve, reject) => {
          pool.query(text, [rows], (error) => {
            if (error) reject(error);
            here();
            pool.execute({ sql: "select 1 from dual where false" }, (later: Error | null) => {
              here();
              if (later) reject(later);
              else resolve();
            });
          });
        }),
    },
    {
      name: "callbacks of a connection",
      queries: 2,
      fetch: (rows, here) =>
        withConnection((connection, done) => {
          here();
          connection.query({ sql: text, values: [rows] }, () => {
            here();
            connection.execute("select 1 from dual where false", () => {
              here();
              done();
            });
          });
        }),
    },
    {
      name: "a transaction",
      queries: 3,
      fetch: async (rows, here) => {
        const connection = await pool.promise().getConnection();
        await connection.beginTransaction();
        await connection.execute(text, [rows]);
        await connection.commit();
        here();
        connection.release();
      },
    },
    {
      name: "a stream of the pool",
      queries: 1,
      fetch: async (rows, here) => {
        const stream = pool.query(text, [rows]).stream({ highWaterMark: 2 });
        stream.on("data", here);
        stream.on("close", here);
        await once(stream, "close");
      },
    },
    {
      name: "an emitter of a connection's rows",
      queries: 1,
      fetch: (rows, here) =>
        withConnection((connection, done) => {
          const query = connection.execute(text, [rows]);
          query.on("result", here);
          query.on("end", () => {
            here();
            done();
          });
        }),
    },
    {
      name: "a query after setImmediate and a timer",
      queries: 1,
      fetch: async (rows, here) => {
        await promisify(setImmediate)();
        await promisify(setTimeout)(1);
        await pool.promise().query(text, [rows]);
        here();
      },
    },
  ];

  it("is each one's own, to the query and to the row", () => interleave(forms, 10_000));
});
