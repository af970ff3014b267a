import type { CostReport } from "../cost/report.ts";
import type { StallReport } from "../lag/stalled.ts";
import type { Exceeded, Metric } from "./limits.ts";

type AlertBase = {
  /** Whose route it is; null where nobody said. */
  team: string | null;
  route: string | null;
  /** What happened, in one sentence. */
  text: string;
  /** How many of the same kind came since the last alert of it and were held back. */
  heldBack: number;
};

/** What a team is told of its code. */
export type Alert = AlertBase &
  (
    | { type: "cost"; exceeded: readonly Exceeded[]; report: CostReport }
    | { type: "stall"; report: StallReport }
  );

const number = new Intl.NumberFormat("en");
const times = (ms: number) => (ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`);

export function costAlert(report: CostReport, exceeded: readonly Exceeded[], heldBack: number): Alert {
  const { route, team } = report;
  const said = exceeded.map(
    (each) => `${wordsOf(each, report)}${most(report, each.metric)}${placeOf(each, report)}`,
  );
  const text = `One request of ${named(route)} ${said.join(", ")}${since(heldBack)}.`;
  return { type: "cost", team, route, text, heldBack, exceeded, report };
}

/** To the team of the request that was active last, which most probably computed all that time. */
export function stallAlert(report: StallReport, heldBack: number): Alert {
  const [suspect] = report.requests;
  const { team = null, route = null } = suspect ?? {};
  const others = report.open > 1 ? `, and ${report.open - 1} more waited` : "";
  const who = suspect === undefined ? "no request was open" : `${named(route)} was active last${others}`;
  const text = `The event loop stood still for ${times(report.stallMs)}: ${who}${since(heldBack)}.`;
  return { type: "stall", team, route, text, heldBack, report };
}

const named = (route: string | null) => route ?? "a route without a name";
const since = (heldBack: number) =>
  heldBack === 0 ? "" : ` (and ${number.format(heldBack)} more since the last alert)`;

function wordsOf({ metric, value, limit }: Exceeded, { requestMs }: CostReport): string {
  switch (metric) {
    case "queries":
      return `made ${number.format(value)} queries (limit ${number.format(limit)})`;
    case "items":
      return `fetched ${number.format(value)} items (limit ${number.format(limit)})`;
    case "durationMs":
      // More than the request itself took would be taken for a mistake.
      return `spent ${times(value)} in queries${value > requestMs ? " side by side" : ""} (limit ${times(limit)})`;
    case "longestMs":
      return `waited ${times(value)} for one query (limit ${times(limit)})`;
  }
}

/** The table that has most of it. */
function most({ databases }: CostReport, metric: Metric): string {
  const tables = Object.values(databases).flatMap(({ tables: all }) => Object.entries(all));
  const [first] = tables.sort(([, one], [, other]) => other[metric] - one[metric]);
  return first === undefined ? "" : `, most of ${first[0]}`;
}

/** Where the code is that makes so many. */
function placeOf({ metric }: Exceeded, { stacks }: CostReport): string {
  const [frame] = stacks.loop?.split("\n") ?? [];
  return metric === "queries" && frame !== undefined ? `, begun ${frame}` : "";
}
