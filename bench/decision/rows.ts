import type { Release } from "./releases.ts";
import type { Simulated, Sums } from "./simulate.ts";
import type { Truth } from "./truth.ts";
import type { Policy } from "./watch.ts";

/** Parts of all runs. */
type Parts = { falseReject: number; falsePromote: number; inconclusive: number };

/** One policy on one release: parts of the runs, and means over them. */
export type Row = {
  policy: string;
  release: string;
  truth: Truth;
  /** Rejected though it is good. */
  falseReject: number;
  /** Promoted though it is bad. */
  falsePromote: number;
  inconclusive: number;
  /** Promoted, rightly or not. */
  promoted: number;
  /** Requests of the canary until the verdict. */
  requests: number;
  seconds: number;
  /** Failed requests of the canary until the verdict. */
  clientErrors: number;
  runs: number;
  /** Beside somebody else's policy: what nary:baseline makes of the very same requests. */
  nary?: Parts & { requests: number };
  /** Where nary:baseline is worse, and why. */
  note?: string;
};

export function rowOf(
  policy: Policy,
  release: Release,
  truth: Truth,
  runs: number,
  { policy: sums, nary }: Simulated,
): Row {
  return {
    policy: policy.name,
    release: release.name,
    truth,
    ...partsOf(sums, truth, runs),
    promoted: sums.promoted / runs,
    requests: mean(sums.requests, runs),
    seconds: mean(sums.seconds, runs),
    clientErrors: mean(sums.clientErrors, runs),
    runs,
    ...(nary === undefined
      ? {}
      : { nary: { ...partsOf(nary, truth, runs), requests: mean(nary.requests, runs) } }),
  };
}

const partsOf = ({ promoted, rejected, inconclusive }: Sums, truth: Truth, runs: number): Parts => ({
  falseReject: truth === "good" ? rejected / runs : 0,
  falsePromote: truth === "bad" ? promoted / runs : 0,
  inconclusive: inconclusive / runs,
});

const mean = (sum: number, runs: number) => Math.round((10 * sum) / runs) / 10;

export const percent = (part: number) => `${Number((100 * part).toFixed(2))} %`;

/** For people. */
export function lineOf(row: Row): string {
  const { policy, release, truth, falseReject, falsePromote, inconclusive, note } = row;
  const parts = {
    good: `rejected ${percent(falseReject)}`,
    bad: `promoted ${percent(falsePromote)}`,
    between: "",
  };
  return (
    `${policy.padEnd(44)} ${release.padEnd(39)} ${truth.padEnd(8)} ${parts[truth].padEnd(17)} ` +
    `undecided ${percent(inconclusive).padEnd(8)} ${row.requests} requests in ${row.seconds} s, ` +
    `${row.clientErrors} errors${note === undefined ? "" : `; ${note}`}`
  );
}
