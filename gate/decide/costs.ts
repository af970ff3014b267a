import type { CostSettings } from "../../settings/costs.ts";
import type { OtherSide } from "./baseline.ts";
import { deviationOf, meanOf, radius, type Sample } from "./mean.ts";

/** In what requests cost. */
export type Respect = "queries" | "items";

/** A route whose requests cost so much more in the canary as is looked for, for all that was counted. */
export type CostSeen = { route: string; respect: Respect; canary: Sample; other: Sample };

/** By which costs are judged; a part of the settings. */
export type CostRule = Pick<CostSettings, "factor" | "queries" | "items" | "minRequests" | "afterSeconds">;

/** Most probability that a release is rejected for its costs whose requests cost no more, at all looks together. */
const alpha = 1e-3;
/** As many routes as are told, in two respects, of two sides. */
const bounds = 200 * 2 * 2;
const delta = alpha / bounds;

/** Whether a route's requests have cost too much so far, by their means alone. */
export function seemsCostly(rule: CostRule, { respect, canary, other }: CostSeen): boolean {
  const { factor, minRequests } = rule;
  if (canary.requests < minRequests || other.requests < minRequests) return false;
  const [mine, theirs] = [meanOf(canary), meanOf(other)];
  return mine > factor * theirs && mine > theirs + rule[respect];
}

/**
 * Whether a route's requests cost too much with so much confidence that chance is no excuse: what the canary's cost at
 * least is more than `factor` times what the other side's cost at most, and more than these and so many on top.
 *
 * A side is taken to vary at least as much as it costs, since the requests of one client come together and are alike;
 * and the other side at least as much as the canary, where their difference is told, since it may have been spared what
 * is rare.
 */
export function isCostly(rule: CostRule, seen: CostSeen): boolean {
  if (!seemsCostly(rule, seen)) return false;
  const { respect, canary, other } = seen;
  const [mine, theirs] = [meanOf(canary), meanOf(other)];
  const varies = Math.max(deviationOf(canary), mine);
  const otherVaries = Math.max(deviationOf(other), theirs);
  const least = mine - varies * radius(canary.requests, delta);
  const off = radius(other.requests, delta);
  const times = rule.factor * (theirs + off * otherVaries);
  const above = theirs + off * Math.max(otherVaries, varies) + rule[respect];
  return least > times && least > above;
}

const mostTold = 3;

/** Why a release is rejected for what its requests cost; undefined where it is not. */
export function costlyWhy(
  rule: CostRule,
  costs: readonly CostSeen[],
  otherSide: OtherSide,
): string | undefined {
  const costly = costs.filter((seen) => isCostly(rule, seen));
  if (costly.length === 0) return undefined;
  const worst = costly.toSorted((one, other) => timesOf(other) - timesOf(one));
  const told = worst.slice(0, mostTold).map((seen) => sentenceOf(seen, otherSide));
  const rest = worst.length - told.length;
  return `costs: ${[...told, ...(rest > 0 ? [`and ${rest} more of the kind`] : [])].join("; ")}`;
}

/** Such as `GET /classes/:id makes 12 queries a request where production makes 2 (312 and 5,021 requests)`. */
function sentenceOf({ route, respect, canary, other }: CostSeen, otherSide: OtherSide): string {
  const [does, what] = respect === "queries" ? ["makes", "queries"] : ["gets", "items"];
  const mine = `${route} ${does} ${figure(meanOf(canary))} ${what} a request`;
  const requests = `${figure(canary.requests)} and ${figure(other.requests)} requests`;
  return `${mine} where ${otherSide === "twin" ? "the twin" : otherSide} ${does} ${figure(meanOf(other))} (${requests})`;
}

const timesOf = ({ canary, other }: CostSeen) => meanOf(canary) / Math.max(meanOf(other), 1e-9);

const figure = (value: number) =>
  (value >= 100 ? Math.round(value) : Number(value.toPrecision(2))).toLocaleString("en-US");
