import { columns, type Row } from "./row.ts";
import type { Send } from "./queue.ts";

export type TableOptions = {
  /** Such as `pool.query` of pg: `(text, values) => pool.query(text, values)`. A pool of its own, so that no request waits. */
  query: (text: string, values: unknown[]) => Promise<unknown>;
  /** `nary_request_costs` unless given; may be in a schema: `analytics.nary_request_costs`. */
  table?: string;
  /** Redshift knows no unique keys: a batch that is sent again may have rows twice there. `postgres` unless given. */
  dialect?: "postgres" | "redshift";
};

/** Redshift's drivers take so many parameters of a statement; PostgreSQL's protocol takes twice as many. */
const mostParameters = 32_767;
const mostRows = Math.floor(mostParameters / columns.length);

/**
 * Rows into a table of PostgreSQL, Redshift, or whatever else speaks their protocol, many with one statement.
 *
 * @throws TypeError for a table's name that is none
 */
export function tableOf({
  query,
  table = "nary_request_costs",
  dialect = "postgres",
}: TableOptions): Send<Row> {
  if (!/^[A-Za-z_][A-Za-z0-9_$]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_$]{0,62})?$/.test(table))
    throw new TypeError(
      `table is ${JSON.stringify(table)}: it must be a name, or a schema and a name with a dot between, of letters, digits and _.`,
    );
  const name = table
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
  const once = dialect === "postgres" ? " ON CONFLICT DO NOTHING" : "";
  return async (batch) => {
    for (let from = 0; from < batch.length; from += mostRows) {
      const rows = batch.slice(from, from + mostRows);
      const values = rows.flatMap((row) => columns.map((column) => row[column]));
      await query(`INSERT INTO ${name} (${names}) VALUES ${placesOf(rows.length)}${once}`, values);
    }
  };
}

const names = columns.map((column) => `"${column}"`).join(", ");

function placesOf(rows: number): string {
  const row = (index: number) =>
    `(${columns.map((_, column) => `$${index * columns.length + column + 1}`).join(", ")})`;
  return Array.from({ length: rows }, (_, index) => row(index)).join(", ");
}
