import type { AllowedError } from "../../settings/allowed-errors.ts";
import type { Policy } from "../../settings/policy.ts";
import { baseline, type OtherSide } from "./baseline.ts";
import { checkState, lasting, type CheckRule } from "./checks.ts";
import { compared, noComparison, type Comparison } from "./comparison.ts";
import { errorBudget } from "./error-budget.ts";
import { evidenceOf, firstErrorOf } from "./evidence.ts";
import type { Observation } from "./observation.ts";
import type { Evidence, Outcome, Verdict } from "./verdict.ts";
import { zeroErrors } from "./zero-errors.ts";

/** All by which a release is judged. */
export type Rules = {
  policy: Policy;
  checks: readonly CheckRule[];
  /** Those that are allowed on the day on which the release began. */
  allowedErrors: readonly AllowedError[];
  /** Seconds with traffic after which the release is inconclusive. */
  limitSeconds: number;
  otherSide: OtherSide;
  /** Whether a promotion needs HAProxy's counts beside the service's own. */
  witness: "optional" | "required";
};

/**
 * Gives a verdict on each observation. Nothing but the rules and the observations so far goes into it, so that the same
 * observations give the same verdicts again. An observation that is seen twice changes nothing.
 */
export class Judge {
  readonly #rules: Rules;
  #comparison: Comparison | undefined;
  /** Checks that are bad, with the seconds with traffic since when they have been. */
  readonly #badSince = new Map<string, number | undefined>();

  constructor(rules: Rules) {
    this.#rules = rules;
    const { policy } = rules;
    if (policy.type === "baseline") this.#comparison = noComparison(policy);
  }

  /** The verdict after one more observation: rejections come first, then the promotion, then the limits. */
  see(observation: Observation): Verdict {
    const evidence = evidenceOf(observation, this.#rules.allowedErrors);
    const policy = this.#byPolicy(observation, evidence);
    if (policy.type === "reject") return { ...policy, evidence };
    return { ...this.#withChecks(policy, observation), evidence };
  }

  #byPolicy(observation: Observation, evidence: Evidence): Outcome {
    const { policy, otherSide, allowedErrors } = this.#rules;
    switch (policy.type) {
      case "zero-errors":
        return zeroErrors(policy, evidence.canary, firstErrorOf(observation.canary, allowedErrors));
      case "error-budget":
        return errorBudget(policy, evidence.canary);
      case "baseline": {
        const { seconds, canary, other } = evidence;
        const before = this.#comparison ?? noComparison(policy);
        const after = other === null ? before : compared(before, seconds, canary, other);
        this.#comparison = after;
        return baseline(policy, evidence, after, otherSide);
      }
    }
  }

  #withChecks(policy: Outcome, { seconds, readings, canary }: Observation): Outcome {
    const { checks, limitSeconds, witness } = this.#rules;
    let waiting =
      witness === "required" && canary.haproxy === null ? "no HAProxy could be asked yet" : undefined;
    // Before there is traffic a check has nothing to look at.
    for (const rule of seconds > 0 ? checks : []) {
      const { name } = rule;
      const now = lasting(rule, checkState(rule, readings), seconds, this.#badSince.get(name));
      this.#badSince.set(name, now.badSince);
      const { state } = now;
      if (state.type === "bad") return { type: "reject", why: state.why, rule: `check: ${name}` };
      if (state.type === "wait") waiting ??= state.why;
    }
    const held: Outcome =
      policy.type === "promote" && waiting !== undefined
        ? { type: "wait", why: `${policy.why}; ${waiting}` }
        : policy;
    if (held.type !== "wait" || seconds < limitSeconds) return held;
    const why = `the time limit of ${limitSeconds} s was reached after ${held.why}`;
    return { type: "inconclusive", why, rule: "time limit" };
  }
}
