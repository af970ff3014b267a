import { z } from "zod";
import { flag, number, text, whole } from "./loose.ts";

const most = 1e9;
const more = (what: string, standard: number) =>
  number(`how many ${what} a request a canary must make more, 0 to ${most}`, 0, most).default(standard);

const routesError = 'must be a list of routes, such as ["GET /classes/:id"]';

/** Whether requests may cost more in the canary than on the other side, where the services tell. */
export const costs = z.strictObject({
  /** Whether they are compared at all. */
  compare: flag.default(true),
  /** How many times as much as on the other side a request must cost before the release is rejected. */
  factor: number("how many times as much a request must cost, a number from 1 to 1000", 1, 1000).default(2),
  /** Queries that it must make more, too. */
  queries: more("queries", 3),
  /** Rows or documents that it must get more, too. */
  items: more("items", 100),
  /** Requests that a route must have had on each side. */
  minRequests: whole("a whole number of requests, at least 2", 2, most).default(50),
  /** Seconds with traffic of which the costs are left out; the promotion waits for their end. */
  afterSeconds: number("a number of seconds, 0 to 604800", 0, 604_800).default(0),
  /** Routes that are meant to cost more. */
  allowed: z.array(text(200), { error: routesError }).max(1000, { error: routesError }).default([]),
});
export type CostSettings = z.infer<typeof costs>;

/** Costs of which all are left out would never let a release be promoted. */
export function costsInTime(
  { costs: { compare, afterSeconds }, limitSeconds }: { costs: CostSettings; limitSeconds: number },
  context: z.RefinementCtx,
): void {
  if (!compare || afterSeconds < limitSeconds) return;
  const message = `must be below nary:gate.limitSeconds, which is ${limitSeconds}`;
  context.addIssue({ code: "custom", path: ["costs", "afterSeconds"], message });
}
