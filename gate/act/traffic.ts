import type { Traffic } from "../../settings/traffic.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";

/** Lets HAProxy route requests to the canaries, or no longer. */
export async function setTraffic(
  { consul, keys, tell }: Context,
  state: Traffic,
  signal?: AbortSignal,
): Promise<void> {
  await patiently(() => consul.put(keys.traffic, state), { signal });
  tell({ event: "traffic", state });
}
