import { readDeclared } from "./act/promoted.ts";
import type { Context } from "./context.ts";
import { impossibleShare } from "./decide/share.ts";
import { UsageError } from "./errors.ts";

/**
 * Refuses a share that HAProxy cannot give. Whoever has no production yet, or no share, has nothing to refuse.
 *
 * @param canaries - how many there are or will be
 * @throws UsageError that names the shares that are possible
 */
export async function checkShare(context: Context, canaries: number): Promise<void> {
  const { share, twin } = context.settings;
  if (share === undefined) return;
  const production = await readDeclared(context, "production", context.interrupts.signal);
  const why =
    production && impossibleShare(share, { stable: production.count, canaries, twins: twin ? canaries : 0 });
  if (why !== undefined) throw new UsageError(`${context.stacks.canary}: ${why}`);
}
