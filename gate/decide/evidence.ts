import type { AllowedError } from "../../settings/allowed-errors.ts";
import { shortId } from "../count/evidence.ts";
import { disagreements } from "./disagreements.ts";
import type { InstanceCounts, Observation, SideSeen } from "./observation.ts";
import type { Allowed, Counted, Evidence } from "./verdict.ts";
import { many } from "./words.ts";

type Sums = Counted & { faults: number };

/** What an observation is worth. */
export function evidenceOf(
  { seconds, canary, other, unknown }: Observation,
  allowedErrors: readonly AllowedError[],
): Evidence {
  return {
    seconds,
    canary: countedOf(canary, allowedErrors),
    other: other === null ? null : countedOf(other, allowedErrors),
    clientErrors: canary.haproxy?.clientErrors ?? null,
    allowed: allowedIn(canary, allowedErrors),
    unknown: [
      ...unknown,
      ...disagreements(canary, "the canary"),
      ...(other === null ? [] : disagreements(other, "the other side")),
    ],
  };
}

/**
 * One side as it counts: the fewer requests and the more failures of the two witnesses. Whether an answer with a status
 * of 500 or more is an error, the service says itself. An answer that never came is always one; a crash and the answers
 * that it broke are the same failures, so of these the larger number counts.
 */
export function countedOf({ instances, haproxy }: SideSeen, allowedErrors: readonly AllowedError[]): Counted {
  const { requests, failed, errors, faults } = instances
    .map((instance) => withoutAllowed(instance, allowedErrors))
    .reduce<Sums>(add, { requests: 0, failed: 0, errors: 0, faults: 0 });
  const broken = Math.max(faults, haproxy?.brokenAnswers ?? 0);
  return {
    requests: haproxy === null ? requests : Math.min(requests, haproxy.requests),
    failed: failed + broken,
    errors: errors + broken,
  };
}

const add = (one: Sums, more: Sums): Sums => ({
  requests: one.requests + more.requests,
  failed: one.failed + more.failed,
  errors: one.errors + more.errors,
  faults: one.faults + more.faults,
});

/**
 * Without the allowed errors. A request with several allowed errors has failed once, so no more failures are taken away
 * than leave one for each error that still counts.
 */
function withoutAllowed(instance: InstanceCounts, allowedErrors: readonly AllowedError[]): Sums {
  const told = allowedErrors.reduce((sum, { fingerprint }) => sum + timesOf(instance, fingerprint), 0);
  const allowed = Math.min(told, instance.errors);
  const errors = instance.errors - allowed;
  return {
    requests: instance.requests,
    errors,
    failed: Math.max(instance.failed - allowed, Math.min(instance.failed, errors)),
    faults: instance.fault === null ? 0 : 1,
  };
}

function timesOf({ fingerprints }: InstanceCounts, fingerprint: string): number {
  return Object.hasOwn(fingerprints, fingerprint) ? (fingerprints[fingerprint] ?? 0) : 0;
}

function allowedIn({ instances }: SideSeen, allowedErrors: readonly AllowedError[]): Allowed[] {
  return allowedErrors
    .map(({ fingerprint, reason }) => ({
      fingerprint,
      reason,
      errors: instances.reduce((sum, instance) => sum + timesOf(instance, fingerprint), 0),
    }))
    .filter(({ errors }) => errors > 0);
}

/** What the first error was, as far as it is known. */
export function firstErrorOf(side: SideSeen, allowedErrors: readonly AllowedError[]): string | undefined {
  for (const instance of side.instances) {
    if (instance.fault !== null) return `${shortId(instance.id)} ${instance.fault.why}`;
    const { errors } = withoutAllowed(instance, allowedErrors);
    if (errors > 0) return `${shortId(instance.id)} counted ${errors}`;
  }
  const broken = side.haproxy?.brokenAnswers ?? 0;
  return broken > 0 ? `HAProxy saw ${many(broken, "answer")} refused, cut, empty or late` : undefined;
}
