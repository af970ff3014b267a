import type { Found } from "../main.ts";

export const setups = ["plain", "nary"] as const;
export type Setup = (typeof setups)[number];

export const methods = ["GET", "POST"] as const;
export type Method = (typeof methods)[number];

export type Row = {
  setup: Setup;
  method: Method;
  /** Requests that had another answer than 200, or none. */
  clientErrors: number;
  /** Errors that the canaries made, by their own counters. */
  canaryErrors: number;
  requests: number;
};

export const canaries = 2;

/** Reading again on another server does no harm. Writing does, so the first error of each canary reaches a client. */
const goals: Readonly<Record<Method, number>> = { GET: 0, POST: canaries };

export function found(rows: readonly Row[]): Found {
  return {
    object: { rows },
    lines: rows.map(
      ({ setup, method, clientErrors, canaryErrors, requests }) =>
        `${setup.padEnd(5)} ${method.padEnd(4)} clients saw ${clientErrors} errors of ${canaryErrors} that the canaries ` +
        `made, in ${requests} requests${setup === "nary" ? ` (the goal is at most ${goals[method]})` : ""}`,
    ),
    ok: rows.every(({ setup, method, clientErrors }) => setup === "plain" || clientErrors <= goals[method]),
  };
}
