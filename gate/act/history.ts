import { pastRecord, type Past } from "../../settings/records.ts";
import { patiently } from "../clients/patience.ts";
import type { Acting } from "../context.ts";

/** Past releases that are kept. */
const mostKept = 50;

/** Adds a release that came to an end, and lets the oldest ones go. */
export async function remember(
  { consul, lock, keys, control }: Pick<Acting, "consul" | "lock" | "keys" | "control">,
  past: Past,
): Promise<void> {
  const people = control.deeds.length === 0 ? {} : { people: [...control.deeds] };
  await lock.put(`${keys.history}${past.at}`, pastRecord.encode({ ...past, ...people }));
  // By when they were written: a clock that jumped is in their names.
  const all = await patiently(() => consul.pairs(keys.history));
  for (const { key } of all.slice(0, -mostKept)) await lock.delete(key);
}
