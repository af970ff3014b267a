import { boundedCache } from "./bounded-cache.ts";

/** Names the tables of a text of SQL. */
export type TablesOf = (text: string) => readonly string[];

const mostTexts = 1_000;
/** Characters; a longer text, such as one that inserts many rows, is neither looked at nor kept. */
const longestText = 10_000;
const none: readonly string[] = [];

/** Asks for the tables of each text once. A text that they cannot be told of has none, and no query fails for it. */
export function cachedTables(tablesOf: TablesOf): TablesOf {
  const known = boundedCache<readonly string[]>(mostTexts);
  return (text) => {
    if (text.length > longestText) return none;
    const found = known.get(text);
    if (found !== undefined) return found;
    const tables = ask(tablesOf, text);
    known.set(text, tables);
    return tables;
  };
}

function ask(tablesOf: TablesOf, text: string): readonly string[] {
  try {
    return [...new Set(tablesOf(text))];
  } catch {
    return none;
  }
}

/** A `Parser` of node-sql-parser. */
export type SqlParser = {
  parse: (text: string, options: { database: string }) => { tableList: readonly string[]; ast: unknown };
};

/**
 * Names the tables of texts by node-sql-parser; with their schema where a text has it, without what a text names itself
 * by `with`.
 *
 * @example instrumentPg(pg, { tables: sqlParserTables(new Parser(), "Postgresql") })
 */
export function sqlParserTables(parser: SqlParser, dialect: "Postgresql" | "MariaDB" | "MySQL"): TablesOf {
  const parse = (text: string) => parser.parse(text, { database: dialect });
  return (text) => {
    const { tableList, ast } = parseEither(parse, text);
    const own = new Set(namesOfWith(ast));
    return tableList.map(nameOf).filter((name) => !own.has(name));
  };
}

function parseEither<Parsed>(parse: (text: string) => Parsed, text: string): Parsed {
  try {
    return parse(text);
  } catch (error) {
    const filled = fillPlaceholders(text);
    if (filled === text) throw error;
    return parse(filled);
  }
}

/** The parser does not know those that mysql2 fills in itself, such as `set ?` and `values ?`. */
function fillPlaceholders(text: string): string {
  return text
    .replaceAll(/\bset\s+\?/gi, "set x = 1")
    .replaceAll(/\bvalues\s*\?/gi, "select 1")
    .replaceAll("?", "1");
}

/** @param entry - such as `select::public::students`, or `select::null::students` where the text has no schema */
function nameOf(entry: string): string {
  const [, schema = "null", ...table] = entry.split("::");
  const name = table.join("::");
  return schema === "null" ? name : `${schema}.${name}`;
}

function namesOfWith(ast: unknown): string[] {
  const statements: unknown[] = Array.isArray(ast) ? ast : [ast];
  return statements.flatMap((statement) => {
    if (typeof statement !== "object" || statement === null || !("with" in statement)) return [];
    const entries: unknown[] = Array.isArray(statement.with) ? statement.with : [];
    return entries.flatMap(nameOfWith);
  });
}

function nameOfWith(entry: unknown): string[] {
  if (typeof entry !== "object" || entry === null || !("name" in entry)) return [];
  const { name } = entry;
  if (typeof name === "string") return [name];
  return typeof name === "object" && name !== null && "value" in name && typeof name.value === "string"
    ? [name.value]
    : [];
}
