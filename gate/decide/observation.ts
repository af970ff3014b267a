import type { CostSeen } from "./costs.ts";
import type { People } from "./people.ts";

/** How an instance failed in a way that it could not report itself. */
export type FaultKind = "crashed" | "vanished" | "absent" | "silent" | "wrong";
export type Fault = { kind: FaultKind; why: string };

/** What one instance has told since it is watched. Counts only grow. */
export type InstanceCounts = {
  id: string;
  /** Requests finished. */
  requests: number;
  /** Errors reported; one request may have several. */
  errors: number;
  /** Requests that failed, at most once each; the errors, but never more than the requests, where the app does not tell. */
  failed: number;
  /** Errors by fingerprint, where the app tells. */
  fingerprints: Readonly<Record<string, number>>;
  /** At most one: the first. */
  fault: Fault | null;
};

/** What all HAProxies together counted of one side's servers since traffic was let on it. Counts only grow. */
export type HaproxyCounts = {
  /** Requests that a server of this side was chosen for. */
  requests: number;
  /** Answers of the servers with a status of 500 or more. */
  serverErrors: number;
  /** Connections refused, reset or timed out before there was an answer, and answers that were cut, empty or late. */
  brokenAnswers: number;
  /** Failed answers of this side that reached a client. */
  clientErrors: number;
};

/** One side of the comparison. */
export type SideSeen = {
  instances: readonly InstanceCounts[];
  /** Missing where no HAProxy could be asked. */
  haproxy: HaproxyCounts | null;
};

/** What one guard rail saw; missing where there was nothing to see, with the reason in `why`. */
export type Reading = {
  check: string;
  canary: number | null;
  /** The same of the other side, where the check compares. */
  other: number | null;
  why: string;
};

/** All that one look showed, since traffic was let on the canaries; a record of it is enough to decide again. */
export type Observation = {
  /** Seconds with traffic. */
  seconds: number;
  canary: SideSeen;
  /** Twin or production, where the policy or a check compares with it. */
  other: SideSeen | null;
  readings: readonly Reading[];
  /** Routes whose requests seem to cost too much beside those of the other side. */
  costs: readonly CostSeen[];
  /** Why a promotion waits until costs are compared; null where it does not. */
  costsWait: string | null;
  /** What the gate could not know, one sentence each. */
  unknown: readonly string[];
  people: People;
};
