import type { Policy } from "../../settings/policy.ts";
import type { Rules } from "./rules.ts";
import type { Rule } from "./verdict.ts";

/** Rules by which a release is inconclusive that came to the end of what it was given. */
const limits: ReadonlySet<Rule> = new Set<Rule>([
  "time limit",
  "error-budget: request limit",
  "baseline: request limit",
]);

/** Whether another decision could come with more time and requests. */
export const isLimit = (rule: Rule): boolean => limits.has(rule);

/** The same rules for a watch that goes on once more as long. */
export function extendedRules(rules: Rules): Rules {
  return { ...rules, policy: extendedPolicy(rules.policy), limitSeconds: 2 * rules.limitSeconds };
}

function extendedPolicy(policy: Policy): Policy {
  switch (policy.type) {
    case "zero-errors":
      return policy;
    case "error-budget":
      return { ...policy, maxRequests: 2 * policy.maxRequests };
    case "baseline": {
      const { maxRequests, maxSeconds } = policy;
      return {
        ...policy,
        maxRequests: 2 * maxRequests,
        maxSeconds: maxSeconds === undefined ? undefined : 2 * maxSeconds,
      };
    }
  }
}
