import type { Outcome } from "./outcome.ts";
import { promised } from "./ours.ts";
import type { Truth } from "./releases.ts";

export type Row = {
  policy: string;
  release: string;
  truth: Truth;
  /** Parts of the runs; null where the truth makes it no error. */
  falseReject: number | null;
  falsePromote: number | null;
  inconclusive: number;
  /** Of the canary until the verdict, on average. */
  requests: number;
  seconds: number;
  /** Failed answers of the canary until then, on average; without a shield its clients get them all. */
  clientErrors: number;
  runs: number;
  /** Where it is worse than another, and why. */
  notes: string[];
};

export function rowOf(names: Pick<Row, "policy" | "release" | "truth">, outcomes: readonly Outcome[]): Row {
  const runs = outcomes.length;
  const part = (said: Outcome["said"]) => outcomes.filter((outcome) => outcome.said === said).length / runs;
  const mean = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / runs;
  return {
    ...names,
    falseReject: names.truth === "good" ? part("reject") : null,
    falsePromote: names.truth === "bad" ? part("promote") : null,
    inconclusive: part("inconclusive"),
    requests: Math.round(mean(({ requests }) => requests)),
    seconds: Math.round(mean(({ seconds }) => seconds)),
    clientErrors: Math.round(mean(({ failed }) => failed) * 10) / 10,
    runs,
    notes: [],
  };
}

/** Standard deviations of chance that are allowed: one run in a thousand is above them. */
const deviations = 3.1;

/** Whether so large a part may come from this probability by chance (normal approximation, and one run). */
function isWithin(part: number, probability: number, runs: number): boolean {
  const deviation = Math.sqrt((probability * (1 - probability)) / runs);
  return part <= probability + deviations * deviation + 1 / runs;
}

/** What a row of a policy with promised probabilities does not keep, one sentence each. */
export function brokenPromises(row: Row): string[] {
  const { alpha, beta, confidence } = promised;
  const most = { reject: alpha, promote: beta + 1 - confidence, inconclusive: 0.05 };
  const broken: string[] = [];
  const told = (what: string, part: number, limit: number) =>
    `${row.policy}, ${row.release}: ${what} ${percent(part)}, which is more than ${percent(limit)}`;
  if (row.falseReject !== null && !isWithin(row.falseReject, most.reject, row.runs))
    broken.push(told("falseReject", row.falseReject, most.reject));
  if (row.falsePromote !== null && !isWithin(row.falsePromote, most.promote, row.runs))
    broken.push(told("falsePromote", row.falsePromote, most.promote));
  if (row.truth === "good" && !isWithin(row.inconclusive, most.inconclusive, row.runs))
    broken.push(told("inconclusive", row.inconclusive, most.inconclusive));
  return broken;
}

const kinds = {
  falseReject: { other: "falsePromote", verb: "rejects", cost: "promotes up to" },
  falsePromote: { other: "falseReject", verb: "promotes", cost: "rejects up to" },
} as const;

/** Where a peer makes fewer errors of a kind on the same release than chance explains, and what it pays for that. */
export function betterPeers(row: Row, peers: readonly Row[]): string[] {
  return peers
    .filter(({ release }) => release === row.release)
    .flatMap((peer) =>
      (["falseReject", "falsePromote"] as const).flatMap((kind) => {
        const [mine, theirs] = [row[kind], peer[kind]];
        if (mine === null || theirs === null || isWithin(mine, theirs, Math.min(row.runs, peer.runs)))
          return [];
        const { other, verb, cost } = kinds[kind];
        const worst = peers.filter(({ policy }) => policy === peer.policy).map((each) => each[other] ?? 0);
        const price = `${cost} ${percent(Math.max(...worst))} of other releases wrongly`;
        return [
          `${peer.policy} ${verb} only ${percent(theirs)} wrongly, after ${peer.requests} requests, but ${price}`,
        ];
      }),
    );
}

export const percent = (part: number): string => `${Number((100 * part).toFixed(2))} %`;
