import type { CostSettings } from "../../settings/costs.ts";
import { hasQueries, routesSince, type Routes, type RouteSpent } from "../count/routes.ts";
import { seemsCostly, type CostSeen } from "../decide/costs.ts";

/** What requests have cost since each side is watched; undefined where none of its instances tells. */
export type CostsTold = {
  canary: Routes | undefined;
  other: Routes | undefined;
  /** Whether the other side has been asked and may yet answer for the first time. */
  isAwaited: boolean;
};

/** What is seen of them. */
export type CostsSight = {
  /** Routes whose requests seem to cost too much; whether that is chance is decided elsewhere. */
  costs: CostSeen[];
  /** What could not be compared, one sentence each. */
  unknown: string[];
  /** Why a promotion waits for the comparison; null where it does not. */
  waiting: string | null;
};

const nothing: CostsSight = { costs: [], unknown: [], waiting: null };
const respects = ["queries", "items"] as const;
const mostNamed = 5;

/** Compares what requests cost on both sides. */
export class Costs {
  readonly #settings: CostSettings;
  readonly #leastSeconds: number;
  /** When both sides told and costs began to count, and what had been counted by then; smoke tests are in it. */
  #zero: { canary: Routes; other: Routes; seconds: number } | undefined;

  /** @param intervalSeconds - between two answers of an instance, or a second where it streams */
  constructor(settings: CostSettings, intervalSeconds: number) {
    this.#settings = settings;
    this.#leastSeconds = 1 + 2 * intervalSeconds;
  }

  /** @param seconds - with traffic */
  look(seconds: number, { canary, other, isAwaited }: CostsTold): CostsSight {
    const { compare, afterSeconds } = this.#settings;
    if (!compare || canary === undefined || seconds === 0 || seconds < afterSeconds) return nothing;
    // A service without queries has nothing that a promotion could wait for.
    const matters = hasQueries(canary);
    if (other === undefined)
      return matters && isAwaited
        ? { ...nothing, waiting: "what requests cost on the other side is not known yet" }
        : nothing;
    this.#zero ??= { canary, other, seconds };
    const mine = routesSince(this.#zero.canary, canary);
    const theirs = routesSince(this.#zero.other, other);
    const isYoung = seconds - this.#zero.seconds < this.#leastSeconds;
    return {
      costs: this.#costly(mine, theirs),
      unknown: this.#alone(mine, theirs),
      waiting: matters && isYoung ? `what requests cost is compared for ${this.#leastSeconds} s first` : null,
    };
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
