import type { CostReport } from "../cost/report.ts";

/** How much one request may cost before its team is told. No limit where one is left out. */
export type Limits = {
  queries?: number;
  /** Rows or documents. */
  items?: number;
  /** All its queries' time added up, in milliseconds. */
  durationMs?: number;
  /** Its longest query, in milliseconds. */
  longestMs?: number;
};

export type Metric = keyof Limits;

/** What most requests never come near; a service's own limits come from its own costs. */
export const defaultLimits = {
  queries: 200,
  items: 20_000,
  durationMs: 10_000,
  longestMs: 5_000,
} as const satisfies Limits;

const metrics = ["queries", "items", "durationMs", "longestMs"] as const satisfies readonly Metric[];

export type LimitOptions = {
  /** For every request; 200 queries, 20,000 items, 10 s in queries, 5 s in one of them unless given. */
  limits?: Limits;
  /** For the requests of a team; what is left out is as for every request. */
  teamLimits?: Readonly<Record<string, Limits>>;
  /** For a route, such as `GET /classes/:id`; what is left out is as for its team. */
  routeLimits?: Readonly<Record<string, Limits>>;
};

export type Exceeded = { metric: Metric; value: number; limit: number };

/** Tells the limits of a request by its route and team. Asked after each request. */
export function limitsBy({
  limits = {},
  teamLimits = {},
  routeLimits = {},
}: LimitOptions): (who: { route: string | undefined; team: string | undefined }) => Limits {
  const usual = { ...defaultLimits, ...limits };
  return ({ route, team }) => {
    const ofTeam = team === undefined ? undefined : teamLimits[team];
    const ofRoute = route === undefined ? undefined : routeLimits[route];
    return ofTeam === undefined && ofRoute === undefined ? usual : { ...usual, ...ofTeam, ...ofRoute };
  };
}

const nothing: readonly Exceeded[] = [];

export function exceededBy(cost: Pick<CostReport, Metric>, limits: Limits): readonly Exceeded[] {
  let exceeded: Exceeded[] | undefined;
  for (const metric of metrics) {
    const limit = limits[metric];
    if (limit === undefined || cost[metric] <= limit) continue;
    exceeded ??= [];
    exceeded.push({ metric, value: cost[metric], limit });
  }
  return exceeded ?? nothing;
}

/** @throws TypeError for a limit that is none, named as in the options */
export function checkLimits({ limits, teamLimits = {}, routeLimits = {} }: LimitOptions): void {
  const all: [string, Limits | undefined][] = [
    ["limits", limits],
    ...Object.entries(teamLimits).map(([team, each]): [string, Limits] => [`teamLimits.${team}`, each]),
    ...Object.entries(routeLimits).map(([route, each]): [string, Limits] => [
      `routeLimits["${route}"]`,
      each,
    ]),
  ];
  for (const [where, given] of all)
    for (const [metric, limit] of Object.entries(given ?? {}))
      if (typeof limit !== "number" || Number.isNaN(limit) || limit < 0)
        throw new TypeError(`${where}.${metric} is ${String(limit)}: it must be a number, at least 0.`);
}
