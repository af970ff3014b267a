import { allowedAt } from "../settings/allowed-errors.ts";
import type { Declared } from "../settings/records.ts";
import type { CanarySettings } from "../settings/schema.ts";
import type { Rules } from "./decide/rules.ts";

/**
 * All by which a release is judged.
 *
 * @param other - what it is compared with, where it is
 * @param now - by which it is told whether an error is still allowed
 */
export function judgedBy(
  { policy, gate }: Pick<CanarySettings, "policy" | "gate">,
  other: Declared | undefined,
  now: Date,
): Rules {
  return {
    policy,
    checks: gate.checks,
    costs: gate.costs.compare ? gate.costs : null,
    allowedErrors: allowedAt(gate.allowedErrors, now),
    limitSeconds: gate.limitSeconds,
    otherSide: other?.role === "twin" ? "twin" : "production",
    witness: gate.witness,
    steps: gate.steps,
    approval: gate.approval,
    onInconclusive: gate.onInconclusive,
  };
}
