import type { Release } from "../../settings/names.ts";
import { declaredRecord, promotedRecord, type Declared } from "../../settings/records.ts";
import type { Role } from "../../settings/stacks.ts";
import { patiently } from "../clients/patience.ts";
import type { Acting, Context } from "../context.ts";
import { ActError } from "../errors.ts";

type Records = Pick<Context, "consul" | "keys">;

/** What production runs by the record, and the index by which a later write tells whether it is still the same. */
export type Current = {
  release: Release | undefined;
  /** What it ran before that, where production can go back to it. */
  before: Release | undefined;
  index: number;
};

export async function readPromoted({ consul, keys }: Records, signal?: AbortSignal): Promise<Current> {
  const pair = await patiently(() => consul.get(keys.promoted, signal), { signal });
  if (pair === undefined) return { release: undefined, before: undefined, index: 0 };
  const { release, before } = promotedRecord.decode(keys.promoted, pair.value);
  return { release, before, index: pair.index };
}

/**
 * @param since - what it said when the roll-out began
 * @param before - what production can go back to from now on; null where it cannot
 * @throws ActError when somebody else has written it since it was read
 */
export async function writePromoted(
  context: Acting,
  release: Release,
  since: Current,
  before: Release | null = (since.release === release ? since.before : since.release) ?? null,
): Promise<void> {
  const { lock, keys, tell } = context;
  const at = new Date().toISOString();
  const value = promotedRecord.encode({ version: 1, release, before: before ?? undefined, at });
  const written = await lock.put(keys.promoted, value, since.index);
  // A write whose answer was lost in an outage is refused when it is tried again.
  const now = written ? undefined : await readPromoted(context);
  if (now !== undefined && now.release !== release) {
    throw new ActError(
      `Production runs ${release}, but the record ${keys.promoted} was changed by somebody else meanwhile: ` +
        `it says ${now.release ?? "nothing"}. Look which of the two is to run, then release it again.`,
    );
  }
  tell({ event: "promoted", release, before: since.release ?? null });
}

/** What a stack declares, as it was deployed. */
export async function readDeclared(
  { consul, keys }: Records,
  role: Role,
  signal?: AbortSignal,
): Promise<Declared | undefined> {
  const key = keys.declaredRecord(role);
  const pair = await patiently(() => consul.get(key, signal), { signal });
  return pair === undefined ? undefined : declaredRecord.decode(key, pair.value);
}
