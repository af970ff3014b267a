import { nobody } from "../../../../gate/decide/people.ts";
import { unattended, type Rules } from "../../../../gate/decide/rules.ts";
import type { Observation, SideSeen } from "../../../../gate/decide/observation.ts";
import { policy } from "../../../../settings/policy.ts";
import type { Recording } from "../../../../gate/record/lines.ts";

export const rulesOf = (given: object): Rules => ({
  policy: policy.parse(given),
  checks: [{ name: "latency", limit: 0.25, noData: "ok" }],
  allowedErrors: [{ fingerprint: "E1", reason: "known", until: "2030-01-01" }],
  limitSeconds: 3600,
  otherSide: "twin",
  witness: "optional",
  ...unattended,
});

export const recordingOf = (rules: Rules): Recording => ({
  environment: "local",
  service: "api",
  release: "api:2",
  rules,
});

export const side = (requests: number, failed: number): SideSeen => ({
  instances: [{ id: "one", requests, errors: failed, failed, fingerprints: { E1: 0 }, fault: null }],
  haproxy: { requests, serverErrors: failed, brokenAnswers: 0, clientErrors: 0 },
});

export const observation = (seconds: number, canary: SideSeen, other: SideSeen | null): Observation => ({
  seconds,
  canary,
  other,
  readings: [{ check: "latency", canary: 0.1 + seconds / 3e5, other: null, why: "" }],
  costs: [],
  costsWait: null,
  unknown: ["what nobody knows"],
  people: nobody,
});

/** For warnings that must not come. */
export function unwanted(why: string): never {
  throw new Error(why);
}
