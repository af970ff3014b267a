import type { Measured } from "./measured.ts";
import { variants, type VariantName } from "./variants.ts";

export type Rounds = ReadonlyMap<VariantName, readonly Measured[]>;

export type Row = {
  name: VariantName;
  queries?: number;
  cpuUsPerRequest: number;
  requestsPerSecond: number;
};

/** What one variant takes more than another, in microseconds a request, and which share of its throughput is left. */
export type Addition = { name: string; cpuUs: number; throughput: number };

export function rowsOf(rounds: Rounds): Row[] {
  return variants.map(({ name, queries }) => {
    const measured = rounds.get(name) ?? [];
    return {
      name,
      ...(queries === 0 ? {} : { queries }),
      cpuUsPerRequest: rounded(median(measured.map((each) => each.cpuUsPerRequest))),
      requestsPerSecond: Math.round(median(measured.map((each) => each.requestsPerSecond))),
    };
  });
}

const pairs = [
  ["counts", "bare"],
  ["prom-client", "bare"],
  ["cost", "bare-queries"],
  ["opentelemetry", "bare-queries"],
] as const satisfies readonly (readonly [VariantName, VariantName])[];

/** Medians of what was measured in the same round, in which the machine was as busy for both. */
export function additionsOf(rounds: Rounds): Addition[] {
  return pairs.map(([name, base]) => {
    const both = (rounds.get(name) ?? []).flatMap((measured, round) => {
      const beside = rounds.get(base)?.[round];
      return beside === undefined ? [] : [{ measured, beside }];
    });
    return {
      name,
      cpuUs: rounded(
        median(both.map(({ measured, beside }) => measured.cpuUsPerRequest - beside.cpuUsPerRequest)),
      ),
      throughput: rounded(
        median(both.map(({ measured, beside }) => measured.requestsPerSecond / beside.requestsPerSecond)),
        3,
      ),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
