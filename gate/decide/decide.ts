import type { Policy } from "../../settings/policy.ts";
import type { Tally, Verdict } from "./verdict.ts";
import { zeroErrors } from "./zero-errors.ts";

/** The verdict on what has been seen so far. An error or a reached goal come before the time limit. */
export function decide(policy: Policy, limitSeconds: number, tally: Tally): Verdict {
  const verdict = byPolicy(policy, tally);
  if (verdict.type !== "wait" || tally.seconds < limitSeconds) return verdict;
  return {
    type: "inconclusive",
    why: `the time limit of ${limitSeconds} s was reached after ${verdict.why}`,
    evidence: verdict.evidence,
  };
}

function byPolicy(policy: Policy, tally: Tally): Verdict {
  switch (policy.type) {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- so far there is but this policy
    case "zero-errors":
      return zeroErrors(policy, tally);
  }
}
