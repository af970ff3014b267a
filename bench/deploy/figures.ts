import type { Found } from "../main.ts";

export const kinds = ["pulumi-up-canary", "pulumi-up-nothing", "nomad-job-run"] as const;
export type Kind = (typeof kinds)[number];

/** Seconds that each run took. */
export type Took = Record<Kind, readonly number[]>;

const goalSeconds = 3;

export function figures(took: Took): Found {
  const rows = kinds.map((name) => ({ name, seconds: median(took[name]) }));
  const addedSeconds = rounded(median(took["pulumi-up-canary"]) - median(took["nomad-job-run"]));
  const whats = {
    "pulumi-up-canary": "`pulumi up` of a canary, until all instances are healthy",
    "pulumi-up-nothing": "`pulumi up` that has nothing to change",
    "nomad-job-run": "`nomad job run` of the same job, until all instances are healthy",
  } as const satisfies Record<Kind, string>;
  return {
    object: { rows, addedSeconds },
    lines: [
      ...rows.map(
        ({ name, seconds }) =>
          `${whats[name].padEnd(66)} ${seconds} s (median of ${took[name].length}, at most ${rounded(Math.max(...took[name]))} s)`,
      ),
      `Pulumi adds ${addedSeconds} s (the goal is at most ${goalSeconds})`,
    ],
    ok: true,
  };
}

const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;

/** Of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const below = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const above = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return rounded((below + above) / 2);
}
