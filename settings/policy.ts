import { z } from "zod";
import { fromText, whole } from "./loose.ts";

const probability = (name: string) => {
  const error = `must be the ${name}, a number above 0 and below 1`;
  return fromText(z.number({ error }).gt(0, { error }).lt(1, { error }));
};

/**
 * The first error rejects; a goal of requests without one promotes. The goal is given as a number of requests, or as
 * the error rate that the promotion is to rule out with a confidence.
 */
const zeroErrors = z
  .strictObject({
    type: z.literal("zero-errors"),
    /** Error rate to rule out, of requests; 1e-4 unless given. */
    errorRate: probability("error rate to rule out").optional(),
    /** Confidence with which it is ruled out; 0.999 unless given. */
    confidence: probability("confidence").optional(),
    /** Or, instead of both: requests without an error. */
    requests: whole("a whole number of requests, at least 1", 1).optional(),
  })
  .transform(({ type, errorRate, confidence, requests }, context) => {
    if (requests === undefined) {
      return { type, goal: { errorRate: errorRate ?? 1e-4, confidence: confidence ?? 0.999 } };
    }
    if (errorRate !== undefined || confidence !== undefined) {
      context.addIssue({
        code: "custom",
        message: "must give either requests, or errorRate and confidence, not both",
      });
      return z.NEVER;
    }
    return { type, goal: { requests } };
  });

/** How the gate decides. One schema a policy; the gate has one file a policy in `gate/decide/`. */
export const policy = z.discriminatedUnion("type", [zeroErrors], {
  error: ({ input }) => `must ${typeof input === "object" ? "be" : "have a type,"} one of: zero-errors`,
});
export type Policy = z.infer<typeof policy>;
