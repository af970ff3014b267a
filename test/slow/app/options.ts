import parsers from "node-sql-parser";
import { sqlParserTables } from "../../../app/cost/tables.ts";

// The same for each file: the drivers take their options once a process.
const release = "api:1";

export const pgOptions = { tables: sqlParserTables(new parsers.Parser(), "Postgresql"), release };

export const mysql2Options = {
  database: "mariadb",
  tables: sqlParserTables(new parsers.Parser(), "MariaDB"),
  release,
};
