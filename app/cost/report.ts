import type { RequestState } from "../state.ts";
import type { RequestCost, SlowQuery, Tally } from "./cost.ts";

/** What a request cost, as it is logged and sent: plain JSON. Durations in milliseconds. */
export type CostReport = {
  route: string | null;
  area: string | null;
  team: string | null;
  /** From its start until now, or its end. */
  requestMs: number;
  queries: number;
  items: number;
  durationMs: number;
  longestMs: number;
  databases: Record<string, Tally & { tables: Record<string, Tally> }>;
  /** Those that took longest, the longest first. */
  slowest: SlowQuery[];
  /**
   * Where the first query was begun, and the tenth, hundredth, thousandth or ten-thousandth, whichever came last: it is
   * in the loop if there is one. Without frames of packages and of Node where there are others.
   */
  stacks: { first: string | null; loop: string | null };
};

const nothing = { queries: 0, items: 0, durationMs: 0, longestMs: 0 } as const satisfies Tally;
/** Of a query's text; the rest is seldom what tells two apart. */
const mostText = 500;
const mostTables = 50;

export function reportOf(request: RequestState, now = performance.now()): CostReport {
  const { route, area, team, start, end, cost } = request;
  return {
    route: route ?? null,
    area: area ?? null,
    team: team ?? null,
    requestMs: rounded((end ?? now) - start),
    ...tallyOf(cost ?? nothing),
    databases: Object.fromEntries(
      [...(cost?.databases ?? [])].map(([name, database]) => [
        name,
        { ...tallyOf(database), tables: tablesOf(database.tables) },
      ]),
    ),
    slowest: (cost?.slowest ?? []).map((query) => ({
      ...query,
      text: query.text?.slice(0, mostText),
      durationMs: rounded(query.durationMs),
    })),
    stacks: { first: stackOf(cost, "firstQuery"), loop: stackOf(cost, "loop") },
  };
}

/** Those with the most queries first, since a list without end would be no help. */
function tablesOf(tables: ReadonlyMap<string, Tally>): Record<string, Tally> {
  const sorted = [...tables].sort(([, one], [, other]) => other.queries - one.queries);
  return Object.fromEntries(sorted.slice(0, mostTables).map(([name, tally]) => [name, tallyOf(tally)]));
}

function tallyOf({ queries, items, durationMs, longestMs }: Tally): Tally {
  return { queries, items, durationMs: rounded(durationMs), longestMs: rounded(longestMs) };
}

function stackOf(cost: RequestCost | undefined, which: "firstQuery" | "loop"): string | null {
  const stack = cost?.[which]?.stack;
  if (stack === undefined) return null;
  const frames = stack.split("\n").slice(1);
  const foreign = frames.filter((frame) => !frame.includes(kit));
  const own = foreign.filter((frame) => !isOfOthers.test(frame));
  return (own.length > 0 ? own : foreign).map((frame) => frame.trim()).join("\n");
}

const kit = new URL("..", import.meta.url).href;
const isOfOthers = /[\\/]node_modules[\\/]|\(?node:|<anonymous>\)$/;

const rounded = (ms: number) => Math.round(ms * 1000) / 1000;
