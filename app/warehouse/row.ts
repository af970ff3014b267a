import { randomUUID } from "node:crypto";
import { identityOf, type Identity } from "../counts/identity.ts";
import { hasFailed } from "../counts/request.ts";
import { reportOf } from "../cost/report.ts";
import { state, type RequestEnd, type RequestState } from "../state.ts";

/** A request as the warehouse has it; the names are those of the table's columns. */
export type Row = {
  /** The same when a batch is sent again. */
  id: string;
  /** When it ended, ISO 8601. */
  at: string;
  instance: string;
  release: string | null;
  role: string | null;
  route: string | null;
  area: string | null;
  team: string | null;
  /** Null where it got no answer. */
  status: number | null;
  failed: boolean;
  /** How many requests this one stands for, where not all are sent. */
  weight: number;
  request_ms: number;
  queries: number;
  items: number;
  query_ms: number;
  longest_ms: number;
  /** By database and table, as JSON: `{"postgres":{"students":{"queries":12,"items":12,"durationMs":8,"longestMs":1}}}`. */
  tables: string;
};

/** The table's columns, in their order. */
export const columns = [
  "id",
  "at",
  "instance",
  "release",
  "role",
  "route",
  "area",
  "team",
  "status",
  "failed",
  "weight",
  "request_ms",
  "queries",
  "items",
  "query_ms",
  "longest_ms",
  "tables",
] as const satisfies readonly (keyof Row)[];

/** Bytes of the table's columns of words, and of the one with JSON: no longer ones than Redshift has. */
const mostWord = 256;
const mostTables = 65_535;

export function rowOf(request: RequestState, end: RequestEnd, weight: number, identity: Identity): Row {
  const { route, area, team, requestMs, queries, items, durationMs, longestMs, databases } =
    reportOf(request);
  const tables = Object.fromEntries(
    Object.entries(databases).map(([name, database]) => [name, database.tables]),
  );
  const { release, role } = identityOf(identity);
  return {
    id: randomUUID(),
    at: new Date().toISOString(),
    instance: state().instanceId,
    release: word(release),
    role: word(role),
    route: word(route),
    area: word(area),
    team: word(team),
    status: end.type === "finished" ? end.status : null,
    failed: hasFailed(request, end),
    weight,
    request_ms: requestMs,
    queries,
    items,
    query_ms: durationMs,
    longest_ms: longestMs,
    tables: jsonOf(tables),
  };
}

/** What would be too long is left out whole, since half of a JSON is none. */
function jsonOf(tables: Record<string, unknown>): string {
  const text = JSON.stringify(tables).replaceAll("\\u0000", "");
  return Buffer.byteLength(text) > mostTables ? "{}" : text;
}

/** Cut to what its column holds, in bytes and whole characters, and without NUL, which no text of a database has. */
function word(text: string | null): string | null {
  if (text === null) return null;
  const bytes = Buffer.from(text.replaceAll("\0", ""));
  if (bytes.length <= mostWord) return bytes.toString();
  return bytes
    .subarray(0, mostWord)
    .toString()
    .replace(/\uFFFD+$/, "");
}
