import type { Release } from "../../settings/names.ts";
import type { Declared } from "../../settings/records.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { readDeclared, readPromoted } from "./promoted.ts";

type Whose = Pick<Context, "consul" | "keys" | "service" | "settings" | "stacks" | "interrupts">;

/**
 * What a twin runs: what production runs.
 *
 * @throws UsageError where production runs nothing
 */
export async function releaseOfTwin(context: Whose): Promise<Release> {
  const { signal } = context.interrupts;
  const promoted = await readPromoted(context, signal);
  const release = promoted.release ?? (await readDeclared(context, "production", signal))?.release;
  if (release !== undefined) return release;
  throw new UsageError(
    `Production of ${context.service} runs nothing yet, so there is nothing that a twin could run.`,
  );
}

/**
 * The twin that is up beside the canary; undefined where the settings ask for none.
 *
 * @throws UsageError where there is none though they do, or where it is not what the canary can be compared with
 */
export async function declaredTwin(context: Whose, canary: Declared): Promise<Declared | undefined> {
  const { settings, stacks, keys, interrupts } = context;
  if (!settings.twin) return undefined;
  const twin = await readDeclared(context, "twin", interrupts.signal);
  const again = `Bring both up: nary release ${canary.release} -s ${stacks.canary}`;
  if (twin === undefined) {
    throw new UsageError(
      `nary:twin of ${stacks.canary} is true, but no twin is declared (no key ${keys.declaredRecord("twin")} in Consul). ${again}`,
    );
  }
  const release = await releaseOfTwin(context);
  if (twin.release !== release) {
    throw new UsageError(
      `The twin ${twin.job} runs ${twin.release}, but production runs ${release}. ${again}`,
    );
  }
  if (twin.count !== canary.count) {
    throw new UsageError(
      `The twin ${twin.job} has the count ${twin.count}, but the canary has ${canary.count}. ${again}`,
    );
  }
  return twin;
}
