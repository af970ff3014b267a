import * as consul from "@pulumi/consul";
import { promotedRecord, type keysOf } from "../settings/records.ts";
import type { Release } from "../settings/names.ts";

/** What production runs by the record that the gate keeps, if it keeps one. */
export async function promotedRelease(keys: ReturnType<typeof keysOf>): Promise<Release | undefined> {
  const read = await consul.getKeys({ keys: [{ name: "promoted", path: keys.promoted, default: "" }] });
  const text = read.var["promoted"] ?? "";
  return text === "" ? undefined : promotedRecord.decode(keys.promoted, text).release;
}
