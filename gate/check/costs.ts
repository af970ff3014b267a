import type { CostSettings } from "../../settings/costs.ts";
import { routesSince, type Routes, type RouteSpent } from "../count/routes.ts";
import { seemsCostly, type CostSeen } from "../decide/costs.ts";

/** What requests have cost since each side is watched; undefined where none of its instances tells. */
export type CostsTold = { canary: Routes | undefined; other: Routes | undefined };

/** What is seen of them. */
export type CostsSight = {
  /** Routes whose requests seem to cost too much; whether that is chance is decided elsewhere. */
  costs: CostSeen[];
  /** What could not be compared, one sentence each. */
  unknown: string[];
};

const nothing: CostsSight = { costs: [], unknown: [] };
const respects = ["queries", "items"] as const;
const mostNamed = 5;

/** Compares what requests cost on both sides. */
export class Costs {
  readonly #settings: CostSettings;
  /** What had been counted when both sides told and costs began to count; smoke tests are in it. */
  #zero: { canary: Routes; other: Routes } | undefined;

  constructor(settings: CostSettings) {
    this.#settings = settings;
  }

  /** @param seconds - with traffic */
  look(seconds: number, { canary, other }: CostsTold): CostsSight {
    const { compare, afterSeconds } = this.#settings;
    if (!compare || canary === undefined || other === undefined) return nothing;
    if (seconds === 0 || seconds < afterSeconds) return nothing;
    this.#zero ??= { canary, other };
    const mine = routesSince(this.#zero.canary, canary);
    const theirs = routesSince(this.#zero.other, other);
    return { costs: this.#costly(mine, theirs), unknown: this.#alone(mine, theirs) };
  }

  #costly(mine: Routes, theirs: Routes): CostSeen[] {
    const allowed = new Set(this.#settings.allowed);
    return [...mine].flatMap(([route, canary]) => {
      const other = theirs.get(route);
      if (other === undefined || allowed.has(route)) return [];
      return respects
        .map((respect) => ({
          route,
          respect,
          canary: sampleOf(canary, respect),
          other: sampleOf(other, respect),
        }))
        .filter((seen) => seemsCostly(this.#settings, seen));
    });
  }

  /** A new route is no reason for anything. */
  #alone(mine: Routes, theirs: Routes): string[] {
    const alone = [...mine]
      .filter(([route, { requests }]) => requests >= this.#settings.minRequests && !theirs.has(route))
      .map(([route]) => route);
    if (alone.length === 0) return [];
    const named = alone.slice(0, mostNamed).join(", ");
    const more = alone.length > mostNamed ? ` and ${alone.length - mostNamed} more routes` : "";
    return [`How the costs of ${named}${more} compare: the canary alone had requests for what is called so.`];
  }
}

const sampleOf = (spent: RouteSpent, respect: "queries" | "items") => ({
  requests: spent.requests,
  ...spent[respect],
});
