import { z } from "zod";
import { number } from "./loose.ts";
import { bakePolicy } from "./policy.ts";

/** How production is watched after a roll-out, before the release counts as promoted. */
export const bake = z.strictObject({
  /** For how long; not at all unless given. */
  seconds: number("a number of seconds, 0 to 604800", 0, 604_800).default(0),
  /** What rejects the release meanwhile: `nary:policy` unless given, without its goal. */
  policy: bakePolicy.optional(),
});

/** A comparison needs another side, which production has no more once it runs the release. */
export function bakeFits(
  { policy, gate }: { policy: { type: string }; gate: { bake: z.output<typeof bake> } },
  context: z.RefinementCtx,
): void {
  if (gate.bake.seconds === 0 || gate.bake.policy !== undefined || policy.type !== "baseline") return;
  const message =
    "must have a policy of type zero-errors or error-budget beside nary:policy.type baseline: production, once it runs the release, has nothing to be compared with";
  context.addIssue({ code: "custom", path: ["gate", "bake"], message });
}
