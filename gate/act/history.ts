import { pastRecord, type Past } from "../../settings/records.ts";
import { patiently } from "../clients/patience.ts";
import type { Acting } from "../context.ts";

/** Past releases that are kept. */
const mostKept = 50;

/** Adds a release that came to an end, and lets the oldest ones go. */
export async function remember({ consul, lock, keys }: Acting, past: Past): Promise<void> {
  await lock.put(`${keys.history}${past.at}`, pastRecord.encode(past));
  const all = await patiently(() => consul.keys(keys.history));
  for (const key of all.slice(0, -mostKept)) await lock.delete(key);
}
