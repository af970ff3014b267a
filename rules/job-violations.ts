import { canaryHasRoutingCheck } from "./canary-has-routing-check.ts";
import { imageByDigest } from "./image-by-digest.ts";
import { jobView } from "./job.ts";
import { limitsSet } from "./limits-set.ts";
import { noPlainSecrets } from "./no-plain-secrets.ts";
import type { Violation } from "./violation.ts";
import type { Role } from "../settings/stacks.ts";

/** What the job of one role does against the rules by itself. */
export function jobViolations(job: unknown, role: Role, statusPath: string): Violation[] {
  const seen = jobView.parse(job);
  return [
    ...(role === "production" ? [] : canaryHasRoutingCheck(seen, statusPath)),
    ...noPlainSecrets(seen),
    ...imageByDigest(seen),
    ...limitsSet(seen),
  ];
}
