import { readDeclared } from "./act/promoted.ts";
import type { Context } from "./context.ts";
import { impossibleShare } from "./decide/share.ts";
import { UsageError } from "./errors.ts";

/**
 * Refuses a share that HAProxy cannot give, also of a later step. Whoever has no production yet, or no share, has nothing to refuse.
 *
 * @param canaries - how many there are or will be
 * @throws UsageError that names the shares that are possible
 */
export async function checkShare(context: Context, canaries: number): Promise<void> {
  const { share, twin, gate } = context.settings;
  const shares = [
    ...(share === undefined ? [] : [{ share, setting: "nary:share" }]),
    ...gate.steps.map((step, index) => ({ share: step.share, setting: `nary:gate.steps[${index}].share` })),
  ];
  if (shares.length === 0) return;
  const production = await readDeclared(context, "production", context.interrupts.signal);
  if (production === undefined) return;
  const sides = { stable: production.count, canaries, twins: twin ? canaries : 0 };
  for (const { share: asked, setting } of shares) {
    const why = impossibleShare(asked, sides, setting);
    if (why !== undefined) throw new UsageError(`${context.stacks.canary}: ${why}`);
  }
}
