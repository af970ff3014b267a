import { pastRecord, type Past } from "../../settings/records.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";

/** Past releases that are kept. */
const mostKept = 50;

/** Adds a release that came to an end, and lets the oldest ones go. */
export async function remember({ consul, keys }: Context, past: Past): Promise<void> {
  await patiently(() => consul.put(`${keys.history}${past.at}`, pastRecord.encode(past)));
  const all = await patiently(() => consul.keys(keys.history));
  for (const key of all.slice(0, -mostKept)) await patiently(() => consul.delete(key));
}
