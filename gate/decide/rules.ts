import type { AllowedError } from "../../settings/allowed-errors.ts";
import type { Policy } from "../../settings/policy.ts";
import type { Step } from "../../settings/steps.ts";
import type { OtherSide } from "./baseline.ts";
import type { CheckRule } from "./checks.ts";
import type { CostRule } from "./costs.ts";

/** All by which a release is judged. */
export type Rules = {
  policy: Policy;
  checks: readonly CheckRule[];
  /** What requests may cost beside the other side; null where they may cost anything. */
  costs: CostRule | null;
  /** Those that are allowed on the day on which the release began. */
  allowedErrors: readonly AllowedError[];
  /** Seconds with traffic after which the release is inconclusive; those in which it waits for a person are left out. */
  limitSeconds: number;
  otherSide: OtherSide;
  /** Whether a promotion needs HAProxy's counts beside the service's own. */
  witness: "optional" | "required";
  /** The shares that canaries get one after the other; none is one share throughout. */
  steps: readonly Step[];
  /** Whether a person has to agree to the promotion. */
  approval: "none" | "required";
  /** What becomes of a canary on which nothing could be decided; `keep` is for whoever acts. */
  onInconclusive: "destroy" | "keep" | "extend";
};

/** Rules of a release that goes to its end at one share, without anybody, whatever its requests cost. */
export const unattended = {
  costs: null,
  steps: [],
  approval: "none",
  onInconclusive: "destroy",
} as const satisfies Partial<Rules>;
