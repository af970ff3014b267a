import type { Found } from "../main.ts";
import type { Measured, Mode } from "./messages.ts";

export type Row = { endpoints: number; mode: Mode } & Measured;

/** What is measured, in this order. */
export const cases: readonly { mode: Mode; endpoints: readonly number[] }[] = [
  { mode: "stream", endpoints: [1_000, 5_000, 10_000] },
  { mode: "poll", endpoints: [100, 500, 1_000] },
  { mode: "article", endpoints: [100, 500, 1_000] },
];

const goals = { streams: 10_000, cpuPercent: 25, rssMb: 400, polls: 1_000, roundMs: 100 } as const;

function goalOf({ mode, endpoints }: Row): string {
  if (mode === "stream" && endpoints === goals.streams)
    return ` (the goal is at most ${goals.cpuPercent} % and ${goals.rssMb} MB)`;
  if (mode === "poll" && endpoints === goals.polls) return ` (the goal is at most ${goals.roundMs} ms)`;
  return "";
}

export function found(rows: readonly Row[]): Found {
  return {
    object: { rows },
    lines: rows.map((row) => {
      const { endpoints, mode, cpuPercent, rssMb, roundMs } = row;
      const figures = `${cpuPercent} % of a core, ${rssMb} MB, ${roundMs} ms a look`;
      return `${mode.padEnd(7)} ${String(endpoints).padStart(6)} endpoints: ${figures}${goalOf(row)}`;
    }),
    // How fast a machine is says nothing about what is right.
    ok: true,
  };
}
