import type { Exceptions, RuleName } from "../settings/rules.ts";

/** A release that does not keep to a rule. */
export type Violation = {
  rule: RuleName;
  /** What is wrong and where, without a full stop. */
  what: string;
  /** How to mend it, as an order without a full stop. */
  mend: string;
};

/** What is wrong, how to mend it, and how to do without the rule. */
export function sentenceOf({ rule, what, mend }: Violation): string {
  return `${what}: ${mend}; or except the rule with a reason, nary:except: { ${rule}: … }.`;
}

/** The violations that count, and sentences about those that somebody has excepted. */
export function judge(violations: readonly Violation[], except: Exceptions) {
  const refused = violations.filter(({ rule }) => except[rule] === undefined);
  const excepted = violations.flatMap(({ rule, what }) => {
    const reason = except[rule];
    return reason === undefined ? [] : [`the rule ${rule} is excepted (${reason}): ${what}`];
  });
  return { refused, excepted };
}
