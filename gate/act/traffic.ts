import type { Policy } from "../../settings/policy.ts";
import type { CanarySettings } from "../../settings/schema.ts";
import { encodeTraffic, type Traffic } from "../../settings/traffic.ts";
import type { Acting } from "../context.ts";

/** Lets HAProxy route requests to the canaries, or no longer. */
export async function setTraffic(
  { lock, keys, tell }: Pick<Acting, "lock" | "keys" | "tell">,
  traffic: Traffic,
  signal?: AbortSignal,
): Promise<void> {
  await lock.put(keys.traffic, encodeTraffic(traffic), undefined, signal);
  tell({ event: "traffic", ...told(traffic) });
}

/** Settings that say how canaries get requests. */
export type Shared = Pick<CanarySettings, "share" | "twin" | "policy" | "gate">;

/**
 * How the canaries of a stack, and the twins beside them, get requests while they are watched.
 *
 * @param step - from 0, where there are steps
 */
export function trafficOf({ share, twin, policy, gate: { steps } }: Shared, step = 0): Traffic {
  return {
    state: "on",
    share: steps[step]?.share ?? share,
    twin,
    markdown: endsAtFirstError[policy.type],
  };
}

/** Under a policy that tolerates errors, taking the worst canaries away in mid-test would falsify the count. */
const endsAtFirstError = {
  "zero-errors": true,
  "error-budget": false,
  baseline: false,
} as const satisfies Record<Policy["type"], boolean>;

function told(traffic: Traffic) {
  switch (traffic.state) {
    case "off":
      return { state: traffic.state, share: null };
    case "on":
      return { state: traffic.state, share: traffic.share ?? null };
  }
}
