import type { CostLog } from "./cost-log.ts";
import type { Release } from "./releases.ts";

/** What became of a release. */
export type Result = {
  name: string;
  /** "none" when the gate came to no verdict. */
  verdict: "promote" | "reject" | "inconclusive" | "none";
  why: string;
  exitCode: number;
  requestsWatched: number;
  seconds: number;
  /** Answers with status 500 or above that clients got, from before the canary to after the roll-out. */
  clientErrors: number;
  /** Requests of clients that were not answered at all, in the same time. */
  lostRequests: number;
  /** Of a rejected release whose canaries logged what a request cost. */
  costLog?: CostLog | undefined;
};

const exitCodes = { promote: 0, reject: 1 } as const;

/** Whether every release came out as it should and for what it should, and the promoted one cost no client anything. */
export function isAsExpected(expected: readonly Release[], results: readonly Result[]): boolean {
  return expected.every(({ name, verdict, why }) => {
    const result = results.find((one) => one.name === name);
    if (result?.verdict !== verdict || result.exitCode !== exitCodes[verdict]) return false;
    if (why?.test(result.why) === false) return false;
    return verdict === "reject" || result.lostRequests === 0;
  });
}

/** The last line of `--json`. */
export function jsonLine(results: readonly Result[], ok: boolean): string {
  const releases = results.map(
    ({ name, verdict, exitCode, requestsWatched, seconds, clientErrors, lostRequests }) => ({
      name,
      verdict,
      exitCode,
      requestsWatched,
      seconds,
      clientErrors,
      lostRequests,
    }),
  );
  return JSON.stringify({ releases, ok });
}

const heads = [
  "release",
  "verdict",
  "requests watched",
  "seconds",
  "failed responses",
  "requests lost",
  "why",
];

/** Failed responses are those that clients got, lost requests those that clients lost. */
export function table(results: readonly Result[]): string {
  const whole = (value: number) => value.toLocaleString("en-US");
  const rows = results.map((result) => [
    result.name,
    result.verdict,
    whole(result.requestsWatched),
    result.seconds.toFixed(1),
    whole(result.clientErrors),
    whole(result.lostRequests),
    result.why,
  ]);
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => column >= 2 && column <= 5;
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return isNumber(column) ? text.padStart(width) : text.padEnd(width);
      })
      .join("   ")
      .trimEnd();
  const rule = line(widths.map((width, column) => "─".repeat(column === heads.length - 1 ? 3 : width)));
  return [line(heads), rule, ...rows.map(line)].join("\n");
}
