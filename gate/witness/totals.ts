import type { HaproxyCounts } from "../decide/observation.ts";
import { joined, nothing, type Counts, type Row } from "./stats.ts";

/** The name that the statistics give to all servers of a backend together. */
const allServers = "BACKEND";

/** What one HAProxy has counted of each side, in each of its lives; counts only grow. */
export type Totals = ReadonlyMap<string, ReadonlyMap<string, Counts>>;

export const noTotals: Totals = new Map();

const add = (one: Counts, other: Counts) => joined(one, other, (a, b) => a + b);
const highest = (one: Counts, other: Counts) => joined(one, other, Math.max);

/**
 * The totals after one more look. Within a life they are what was carried over reloads and what the process that runs
 * now has counted; a look that falls into the middle of a reload may see less, which changes nothing.
 *
 * @param life - another one after each restart, which begins anew
 */
export function seen(before: Totals, life: string, carried: readonly Row[], now: readonly Row[]): Totals {
  const sides = new Map(before.get(life));
  const sums = new Map<string, Counts>();
  for (const row of [...carried, ...now]) {
    const side = prefixOf(row.server);
    sums.set(side, add(sums.get(side) ?? nothing, row));
  }
  for (const [side, counts] of sums) sides.set(side, highest(sides.get(side) ?? nothing, counts));
  return new Map(before).set(life, sides);
}

/** Servers are named after their side, as `canary_192.0.2.1_8080`. */
export const prefixOf = (server: string): string => server.split("_", 1)[0] ?? "";

/** Totals of several HAProxies; one that is registered twice counts once. */
export function together(all: readonly Totals[]): Totals {
  const lives = new Map<string, ReadonlyMap<string, Counts>>();
  for (const [life, sides] of all.flatMap((totals) => [...totals])) {
    const merged = new Map(lives.get(life));
    for (const [side, counts] of sides) merged.set(side, highest(merged.get(side) ?? nothing, counts));
    lives.set(life, merged);
  }
  return lives;
}

/**
 * What HAProxy has counted of one side's servers, without what it had counted at the mark.
 *
 * @param prefix - what the names of the side's servers begin with; of all sides unless given
 */
export function countsOf(totals: Totals, mark: Totals, prefix?: string): HaproxyCounts {
  let [own, backend] = [nothing, nothing];
  for (const [life, sides] of totals) {
    for (const [side, counts] of sides) {
      const zero = mark.get(life)?.get(side) ?? nothing;
      const fresh = joined(counts, zero, (a, b) => Math.max(0, a - b));
      if (side === allServers) backend = add(backend, fresh);
      else if (prefix === undefined || side === prefix) own = add(own, fresh);
    }
  }
  // Another server was asked because there was no connection; where there was one, it is counted as retried too.
  const refused = Math.max(0, own.redispatched - own.retried);
  // A cut answer is a broken one too, but where the server was silent within its body it is only counted as cut.
  const broken = Math.max(own.brokenAnswers, own.cutAnswers);
  const failed = own.serverErrors + own.connectionErrors + broken;
  return {
    requests: own.answers,
    serverErrors: own.serverErrors,
    brokenAnswers: own.connectionErrors + broken + refused,
    // One answer that is reset may be counted as broken more than once, but reaches a client once at most.
    clientErrors: Math.min(failed, backend.serverErrors + own.cutAnswers),
  };
}
