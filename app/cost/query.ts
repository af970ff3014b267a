import { state, type RequestState } from "../state.ts";
import {
  addResult,
  databaseIn,
  isSlow,
  keepSlow,
  newCost,
  tableIn,
  type RequestCost,
  type Tally,
} from "./cost.ts";
import { modelNow } from "./model.ts";

/** A query as whoever sends it knows it. */
export type Query = {
  /** Such as `postgres`, or the database's own name. */
  database: string;
  /** Tables or models, where they are known. */
  tables?: readonly string[];
  text?: string;
};

/** A query that has begun, with the request that it belongs to whatever runs when it ends. */
export type OpenQuery = {
  query: Query;
  request: RequestState;
  cost: RequestCost;
  /** Where it is counted: its database and each of its tables. */
  tallies: readonly Tally[];
  /** By `performance.now()`. */
  start: number;
  /** Rows or documents so far. */
  items: number;
  isOver: boolean;
};

/** Queries whose stacks are looked at: the later one is, the more probably it is one of a loop. */
const inLoop: ReadonlySet<number> = new Set([10, 100, 1_000, 10_000]);
/** Frames of a stack; those of the kit and of the driver are among them. */
const stackFrames = 30;
/** A stack takes longer than all else of a query: the first query's is looked at so often for each route. */
const firstQueryMs = 1_000;
const mostRoutes = 200;
const noTables: readonly string[] = [];

/** Counts a query of the request that is served now; undefined outside of requests. */
export function beginQuery(query: Query): OpenQuery | undefined {
  const request = state().requests.getStore();
  if (request === undefined) return undefined;
  const cost = (request.cost ??= newCost());
  const start = performance.now();
  request.active = start;
  cost.queries += 1;
  if (cost.queries === 1) cost.firstQuery = firstQueryOf(request.route, start);
  else if (inLoop.has(cost.queries)) cost.loop = here();
  const database = databaseIn(cost, query.database);
  const tallies: Tally[] = [database];
  for (const table of query.tables ?? noTables) tallies.push(tableIn(database, table));
  for (const tally of tallies) tally.queries += 1;
  return { query, request, cost, tallies, start, items: 0, isOver: false };
}

/** Books what came of a query so far, as that of a cursor, which may never come to its end. */
export function addItems(open: OpenQuery, items: number): void {
  if (open.isOver) return;
  open.items += items;
  open.cost.items += items;
  for (const tally of open.tallies) tally.items += items;
}

/** Books what came of a query, with its request, whichever is served now. Its first end counts, and no later one. */
export function endQuery(open: OpenQuery, items: number): void {
  if (open.isOver) return;
  open.isOver = true;
  const { query, request, cost, tallies, start } = open;
  const now = performance.now();
  const durationMs = now - start;
  request.active = now;
  addResult(cost, items, durationMs);
  for (const tally of tallies) addResult(tally, items, durationMs);
  if (!isSlow(cost, durationMs)) return;
  const { database, tables = noTables, text } = query;
  keepSlow(cost, { database, tables, text, items: open.items + items, durationMs });
}

/**
 * Begins a query of a database or service that the kit has no driver for; to be called where the query is sent.
 *
 * @returns what is to be called once, at its end, with the number of rows or documents that came back
 * @example const end = startQuery({ database: "mongo", tables: ["students"] }); …; end({ items: found.length });
 */
export function startQuery(query: Query): (end?: { items?: number }) => void {
  const model = modelNow();
  const open = beginQuery(model === undefined ? query : { ...query, tables: model });
  return ({ items = 0 } = {}) => {
    if (open !== undefined) endQuery(open, items);
  };
}

const firstQueries = new Map<string, { at: number; stack: Error }>();

/** Where the first query of this request was begun, or of one of the same route a moment ago. */
function firstQueryOf(route: string | undefined, now: number): Error {
  if (route === undefined) return here();
  const known = firstQueries.get(route);
  if (known !== undefined && now - known.at < firstQueryMs) return known.stack;
  const stack = here();
  if (firstQueries.size >= mostRoutes) firstQueries.clear();
  firstQueries.set(route, { at: now, stack });
  return stack;
}

function here(): Error {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = stackFrames;
  const error = new Error("here");
  Error.stackTraceLimit = before;
  return error;
}
