import type { Found } from "../main.ts";
import { percentile } from "../reload/figures.ts";
import type { Mode } from "./messages.ts";

/** Milliseconds from each failed response to its verdict. */
export type Took = Record<Mode, readonly number[]> & { intervalMs: number };

const goals = { p50: 10, p99: 50, overHalf: 20 } as const;

export function figures({ intervalMs, ...took }: Took): Found {
  const of = (mode: Mode) => ({ p50: percentile(took[mode], 50), p99: percentile(took[mode], 99) });
  const streamed = of("streamed");
  const polled = { ...of("polled"), intervalMs };
  const article = of("article");
  const line = (what: string, { p50, p99 }: { p50: number; p99: number }, goal: string) =>
    `${what.padEnd(9)} a verdict ${p50} ms after a failed response (median${goal}), 99 % of them within ${p99} ms`;
  return {
    object: { streamed, polled, article },
    lines: [
      line("streamed:", streamed, `; the goal is ${goals.p50}, and ${goals.p99} for 99 %`),
      line("polled:", polled, `; the goal is ${intervalMs / 2 + goals.overHalf}`),
      line("article:", article, ""),
    ],
    ok: true,
  };
}
