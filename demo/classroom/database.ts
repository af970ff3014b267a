import pg from "pg";
import { instrumentPg } from "../../app/pg.ts";
import { logger } from "./logger.ts";

instrumentPg(pg);

/** Where DATABASE_URL says. Each instance takes a few connections, so that production and canary both find some. */
export const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 5 });

// A connection that breaks while nobody uses it is no error of a request: the pool makes another one.
pool.on("error", (error) => {
  logger.warn({ error: error.message }, "a connection to the database broke");
});
