import { z } from "zod";
import { number, whole } from "./loose.ts";
import { optionalProbability, requestsFor } from "./policy.ts";
import { percentage, share } from "./share.ts";

const longest = 604_800;

/** Whether a person has to agree before it goes on. */
export const approval = z.enum(["none", "required"], { error: "must be none or required" }).default("none");

/** What it takes to go on: requests of the canary, seconds with traffic, or both. Both count from the step's begin. */
const goal = z
  .strictObject({
    requests: whole("a whole number of requests, at least 1", 1).optional(),
    /** Instead of `requests`: as many as rule out this error rate with this confidence, if none of them fails. */
    errorRate: optionalProbability("error rate to rule out").optional(),
    confidence: optionalProbability("confidence").optional(),
    seconds: number(`a number of seconds, 1 to ${longest}`, 1, longest).optional(),
  })
  .transform(({ requests, errorRate, confidence, seconds }, context) => {
    const issue = (message: string, ...path: string[]) => {
      context.addIssue({ code: "custom", message, path });
      return z.NEVER;
    };
    if (errorRate !== undefined && requests !== undefined)
      return issue("must not be given beside requests", "errorRate");
    if (errorRate !== undefined && confidence === undefined)
      return issue("must be given together with confidence", "errorRate");
    if (errorRate === undefined && confidence !== undefined)
      return issue("must be given together with errorRate", "confidence");
    if (errorRate !== undefined && confidence !== undefined)
      return { requests: requestsFor({ errorRate, confidence }), seconds };
    if (requests !== undefined || seconds !== undefined) return { requests, seconds };
    return issue("must have requests, or errorRate and confidence, or seconds: what it takes to go on");
  });

const step = z.strictObject({
  /** Part of all requests that the canaries get together while it lasts. */
  share,
  goal,
  /** Seconds at this share after the goal. */
  pauseSeconds: number(`a number of seconds, 0 to ${longest}`, 0, longest).default(0),
  approval,
});
export type Step = z.output<typeof step>;

/** The shares that canaries get one after the other. */
export const steps = z
  .array(step, { error: "must be a list of steps, each with share and goal" })
  .max(50, { error: "must be at most 50 steps" })
  .superRefine((all, context) => {
    for (const [index, { share: asked }] of all.entries()) {
      const before = all[index - 1]?.share;
      if (before === undefined || asked > before) continue;
      const message = `must be above the share of the step before, which is ${percentage(before)}`;
      context.addIssue({ code: "custom", path: [index, "share"], message });
    }
  })
  .default([]);

/** Steps that take longer than the watch may would never let a release be promoted. */
export function stepsInTime(
  { steps: all, limitSeconds }: { steps: readonly Step[]; limitSeconds: number },
  context: z.RefinementCtx,
): void {
  const least = all.reduce((sum, { goal, pauseSeconds }) => sum + (goal.seconds ?? 0) + pauseSeconds, 0);
  if (least < limitSeconds) return;
  const message = `must take less than nary:gate.limitSeconds, which is ${limitSeconds}; their goals and pauses take ${least} s`;
  context.addIssue({ code: "custom", path: ["steps"], message });
}
