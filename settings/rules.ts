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
export const except = z.partialRecord(z.enum(ruleNames), reason, { error: nameError }).default({});
export type Exceptions = z.infer<typeof except>;
