import { Judge } from "../../../../gate/decide/judge.ts";
import { nobody } from "../../../../gate/decide/people.ts";
import { unattended, type Rules } from "../../../../gate/decide/rules.ts";
import type { InstanceCounts, Observation, SideSeen } from "../../../../gate/decide/observation.ts";
import { policy } from "../../../../settings/policy.ts";

/** An instance that has shown nothing, but for what is given. */
export function instance(seen: Partial<InstanceCounts> = {}): InstanceCounts {
  return { id: "abcdefgh-1", requests: 0, errors: 0, failed: 0, fingerprints: {}, fault: null, ...seen };
}

/** A side of one instance, each of whose errors is a failed request. */
export function side(requests: number, failed = 0): SideSeen {
  return { instances: [instance({ requests, errors: failed, failed })], haproxy: null };
}

/** An observation after a second, of a canary that has shown nothing, but for what is given. */
export function observation(seen: Partial<Observation> = {}): Observation {
  return {
    seconds: 1,
    canary: side(0),
    other: null,
    readings: [],
    costs: [],
    costsWait: null,
    unknown: [],
    people: nobody,
    ...seen,
  };
}

export function judgeOf(given: object, rules: Partial<Rules> = {}): Judge {
  return new Judge({
    policy: policy.parse(given),
    checks: [],
    allowedErrors: [],
    limitSeconds: 3600,
    otherSide: "production",
    witness: "optional",
    ...unattended,
    ...rules,
  });
}
