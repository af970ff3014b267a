import type { Policy } from "../../settings/policy.ts";
import type { OtherSide } from "./baseline.ts";
import { rate } from "./words.ts";
import { goalOf } from "./zero-errors.ts";

/** What a policy asks of a canary, in a few words. */
export function aimOf(policy: Policy, otherSide: OtherSide): string {
  switch (policy.type) {
    case "zero-errors":
      return `zero errors in ${goalOf(policy)} requests`;
    case "error-budget":
      return `an error rate of ${rate(policy.acceptable)} rather than ${rate(policy.unacceptable)}`;
    case "baseline":
      return `an error rate less than ${policy.margin} times that of ${otherSide}`;
  }
}
