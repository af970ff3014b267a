import * as pulumi from "@pulumi/pulumi";
import { jobViolations } from "../rules/job-violations.ts";
import { judge, sentenceOf, type Violation } from "../rules/violation.ts";
import type { Exceptions, RuleName } from "../settings/rules.ts";
import type { Role } from "../settings/stacks.ts";

/** The argument that a rule is about, as far as it is one. */
const properties: Readonly<Record<RuleName, string>> = {
  "canary-has-routing-check": "statusPath",
  "canary-smaller-than-production": "count",
  "no-plain-secrets": "env",
  "image-by-digest": "release",
  "limits-set": "memory",
  "counter-route-denied": "counterPath",
  "canary-and-production-agree": "transform",
  "release-changes-only": "release",
};

/**
 * Lets a component go on only when it keeps to the rules; says which ones are excepted.
 *
 * @throws pulumi.InputPropertiesError naming each rule that is broken
 */
export function keepRules(
  component: string,
  resource: pulumi.Resource,
  violations: readonly Violation[],
  except: Exceptions,
): void {
  const { refused, excepted } = judge(violations, except);
  for (const sentence of excepted) void pulumi.log.warn(sentence, resource);
  if (refused.length === 0) return;
  throw new pulumi.InputPropertiesError({
    message: `${component} does not keep to the rules of releases`,
    errors: refused.map((violation) => ({
      propertyPath: properties[violation.rule],
      reason: sentenceOf(violation),
    })),
  });
}

/** The job itself, once it keeps to the rules. */
export function ruled<Job>(
  component: string,
  resource: pulumi.Resource,
  role: Role,
  job: Job,
  { except, statusPath }: { except: Exceptions; statusPath: string },
): Job {
  keepRules(component, resource, jobViolations(job, role, statusPath), except);
  return job;
}
