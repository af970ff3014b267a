/** What queries took, added up. */
export type Tally = {
  /** Begun ones. */
  queries: number;
  /** Rows or documents that came back. */
  items: number;
  /** Milliseconds from each query's start to its end, added up, also of those that ran at the same time. */
  durationMs: number;
  longestMs: number;
};

export type DatabaseCost = Tally & {
  /** By table or model. A query of several tables is one of each, with all of its items and time. */
  tables: Map<string, Tally>;
};

/** One query of those that took longest. */
export type SlowQuery = {
  database: string;
  tables: readonly string[];
  /** Undefined where the driver knows none. */
  text: string | undefined;
  items: number;
  durationMs: number;
};

/** What one request cost so far. */
export type RequestCost = Tally & {
  databases: Map<string, DatabaseCost>;
  /** The longest first. */
  slowest: SlowQuery[];
  /** Where the first query was begun. An error's stack is only written when it is read. */
  firstQuery: Error | undefined;
  /** Where the query was begun that is most probably one of a loop. */
  loop: Error | undefined;
};

function newTally(): Tally {
  return { queries: 0, items: 0, durationMs: 0, longestMs: 0 };
}

export function newCost(): RequestCost {
  return { ...newTally(), databases: new Map(), slowest: [], firstQuery: undefined, loop: undefined };
}

export function databaseIn({ databases }: RequestCost, name: string): DatabaseCost {
  const known = databases.get(name);
  if (known !== undefined) return known;
  const made = { ...newTally(), tables: new Map<string, Tally>() };
  databases.set(name, made);
  return made;
}

export function tableIn({ tables }: DatabaseCost, name: string): Tally {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const made = newTally();
  tables.set(name, made);
  return made;
}

export function addResult(tally: Tally, items: number, durationMs: number): void {
  tally.items += items;
  tally.durationMs += durationMs;
  if (durationMs > tally.longestMs) tally.longestMs = durationMs;
}

const mostSlow = 5;

/** Whether a query is one of the slowest so far; most are not, and nothing is made for them. */
export function isSlow({ slowest }: RequestCost, durationMs: number): boolean {
  const last = slowest.at(-1);
  return last === undefined || slowest.length < mostSlow || durationMs > last.durationMs;
}

export function keepSlow({ slowest }: RequestCost, query: SlowQuery): void {
  const at = slowest.findIndex(({ durationMs }) => durationMs < query.durationMs);
  slowest.splice(at < 0 ? slowest.length : at, 0, query);
  if (slowest.length > mostSlow) slowest.pop();
}
