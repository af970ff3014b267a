/** Rows of a result of pg, or of the results of several statements. */
export function itemsOfPg(result: unknown): number {
  if (Array.isArray(result)) return result.reduce((sum: number, one: unknown) => sum + rowsIn(one), 0);
  return rowsIn(result);
}

function rowsIn(result: unknown): number {
  if (typeof result !== "object" || result === null || !("rows" in result)) return 0;
  return Array.isArray(result.rows) ? result.rows.length : 0;
}

/**
 * Rows of what mysql2 calls back with; 0 where it is what an insert or an update did.
 *
 * @param fields - tells the rows of several statements from rows that are arrays: it has a list for each statement, or
 *   undefined for one that has no rows, where those of a single one are columns
 */
export function itemsOfMysql(rows: unknown, fields: unknown): number {
  if (!Array.isArray(rows) || !Array.isArray(fields)) return 0;
  const first: unknown = fields[0];
  if (first !== undefined && !Array.isArray(first)) return rows.length;
  return rows.reduce((sum: number, one: unknown) => sum + (Array.isArray(one) ? one.length : 0), 0);
}
