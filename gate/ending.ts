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
  /** How it was released, where that was not the usual way. */
  way?: Past["way"];
};

/** What makes a release another one than the usual, and why in the words of who wanted it so. */
export type Exception = { way: "fix-forward" | "bypass"; reason: string };

type Counts = { requests: number; errors: number };

export const noCounts: Counts = { requests: 0, errors: 0 };

/**
 * The record of a release that came to an end.
 *
 * @param how - who released it, in which way and why, where that is not the usual one
 * @param start - when it began, by `performance.now()`
 */
export function pastOf(
  how: Pick<Past, "way" | "reason"> & { by: string },
  release: Release,
  verdict: FinalVerdict,
  why: string,
  { requests, errors }: Counts,
  start: number,
): Past {
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const at = new Date().toISOString();
  const { by, way, reason } = how;
  return { version: 1, release, way, by, reason, verdict, why, requests, errors, seconds, at };
}
