import type { Found } from "../main.ts";

export type Measured = {
  /** Of each change, from Consul's answer until HAProxy had it. */
  changes: readonly number[];
  seconds: number;
  requests: number;
  failed: number;
};

const goalMs = 500;
const wantedPerSecond = 2_000;

/** The least value that so many percent of all do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0);
}

export function figures({ changes, seconds, requests, failed }: Measured): Found {
  const changeToServersMs = { p50: percentile(changes, 50), p99: percentile(changes, 99) };
  const requestsPerSecond = Math.round(requests / seconds);
  return {
    object: { changeToServersMs, requestsPerSecond, requests, failed },
    lines: [
      `${changes.length} changes reached HAProxy's servers in ${changeToServersMs.p50} ms (median; the goal is ` +
        `${goalMs}), 99 % of them in ${changeToServersMs.p99} ms`,
      `${requests} requests, ${requestsPerSecond} a second, of which ${failed} failed`,
    ],
    ok: failed === 0,
  };
}

/** Why the figures say little: requests that wait too long for their answer fail by the machine, not by a reload. */
export function doubtOf({ requests, seconds }: Pick<Measured, "requests" | "seconds">): string | undefined {
  const perSecond = Math.round(requests / seconds);
  return perSecond >= wantedPerSecond
    ? undefined
    : `this machine was too busy for the figures to say much: it sent ${perSecond} requests a second, not ${wantedPerSecond}`;
}
