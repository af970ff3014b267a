import type { Release } from "../settings/names.ts";
import type { Past } from "../settings/records.ts";
import type { ExitCode, FinalVerdict } from "./tell/events.ts";

/** How a command came to its end. */
export type Ending = {
  verdict: FinalVerdict | null;
  why: string;
  release: string;
  requests: number;
  errors: number;
  exitCode: ExitCode;
};

type Counts = { requests: number; errors: number };

export const noCounts: Counts = { requests: 0, errors: 0 };

/**
 * The record of a release that came to an end.
 *
 * @param start - when it began, by `performance.now()`
 */
export function pastOf(
  release: Release,
  verdict: FinalVerdict,
  why: string,
  { requests, errors }: Counts,
  start: number,
): Past {
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { version: 1, release, verdict, why, requests, errors, seconds, at: new Date().toISOString() };
}
