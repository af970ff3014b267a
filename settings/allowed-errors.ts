import { z } from "zod";
import { text } from "./loose.ts";

const needed = (what: string, most: number) =>
  text(most).refine((value) => value.trim() !== "", { error: `must be ${what}` });

/** A date without quotes in a stack's file is handed out by Pulumi as `2027-03-31 00:00:00 +0000 UTC`. */
const dayOf = (value: unknown) =>
  typeof value === "string" ? value.replace(/[T ]00:00:00(?:Z| \+0000 UTC)$/, "") : value;

const allowedError = z.strictObject(
  {
    /** As the service tells it beside its counts. */
    fingerprint: needed("the fingerprint that the service tells with the error", 256),
    /** Why it may happen; told with each verdict. */
    reason: needed("the reason why this error is allowed", 1000),
    /** The last day, in UTC, on which it is allowed. */
    until: z.preprocess(
      dayOf,
      z.iso.date({ error: "must be the last day on which the error is allowed, such as 2027-03-31" }),
    ),
  },
  { error: "must be an object with fingerprint, reason and until" },
);
export type AllowedError = z.infer<typeof allowedError>;

/** Errors that are known and do not count for a while. */
export const allowedErrors = z
  .array(allowedError, { error: "must be a list of allowed errors" })
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const [index, { fingerprint }] of list.entries()) {
      if (seen.has(fingerprint))
        context.addIssue({
          code: "custom",
          path: [index, "fingerprint"],
          message: "must be there only once",
        });
      seen.add(fingerprint);
    }
  })
  .default([]);

/** Those that are still allowed at that moment. */
export function allowedAt(list: readonly AllowedError[], moment: Date): AllowedError[] {
  const day = moment.toISOString().slice(0, 10);
  return list.filter(({ until }) => day <= until);
}
