import { z } from "zod";
import { text } from "./loose.ts";

/** What every release has to keep to, unless it is excepted by name. Each is a file in `rules/`. */
export const ruleNames = [
  "canary-has-routing-check",
  "canary-smaller-than-production",
  "no-plain-secrets",
  "image-by-digest",
  "limits-set",
  "counter-route-denied",
  "canary-and-production-agree",
  "release-changes-only",
] as const;
export type RuleName = (typeof ruleNames)[number];

const isRuleName = (name: string): name is RuleName => ruleNames.some((known) => known === name);

const nameError = `must be names of rules, each with a reason; the rules are: ${ruleNames.join(", ")}`;
const reasonError = "must be the reason for the exception, at most 500 characters on one line";

const reason = text(500).pipe(
  z
    .string()
    .trim()
    .min(1, { error: reasonError })
    .regex(/^[^\p{Cc}]*$/u, { error: reasonError }),
);

/** Rules that do not count, by name, each with the reason. */
export const except = z
  .record(z.string(), reason, { error: nameError })
  // A record keyed by an enum would call a wrong name no setting, and not say which ones there are.
  .refine((given) => Object.keys(given).every((name) => isRuleName(name)), { error: nameError })
  .transform((given): Partial<Record<RuleName, string>> => given)
  .default({});
export type Exceptions = z.infer<typeof except>;
