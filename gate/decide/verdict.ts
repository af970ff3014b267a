/** What a promotion proves. */
export type Proof =
  /** The canary's error rate is below this, with this confidence. */
  | { type: "rate"; errorRate: number; confidence: number }
  /** The canary fails less than `margin` times as often as the other side, with this confidence. */
  | { type: "ratio"; margin: number; confidence: number };

/** One side as it counts: the fewer requests and the more failures of the two witnesses. */
export type Counted = {
  requests: number;
  /** Requests that failed, at most once each. */
  failed: number;
  /** Errors; one request may have several. */
  errors: number;
};

/** An allowed error that came up. */
export type Allowed = { fingerprint: string; reason: string; errors: number };

/** What a verdict rests on. */
export type Evidence = {
  /** Seconds with traffic. */
  seconds: number;
  canary: Counted;
  other: Counted | null;
  /** Failed answers of canaries that reached a client, as HAProxy counted them. */
  clientErrors: number | null;
  /** Errors of the canary that were not counted, because they are allowed. */
  allowed: readonly Allowed[];
  /** What the gate could not know, one sentence each. */
  unknown: readonly string[];
};

/** Which rule decided. */
export type Rule =
  | "start"
  | "stopped"
  | "time limit"
  | "zero-errors: first error"
  | "zero-errors: goal"
  | "error-budget: reject"
  | "error-budget: promote"
  | "error-budget: request limit"
  | "baseline: reject"
  | "baseline: promote"
  | "baseline: no failure"
  | "baseline: request limit"
  | `check: ${string}`
  | "people: abort"
  | "people: promote"
  /** A newer release took the place of one that waited for a person. */
  | "superseded";

export type Decided = { why: string; rule: Rule };

/** What a policy or a check says; with the evidence it is a verdict. */
export type Outcome =
  | { type: "wait"; why: string }
  | ({ type: "promote"; proves: readonly Proof[] } & Decided)
  | ({ type: "reject" } & Decided)
  | ({ type: "inconclusive" } & Decided);

/** What a person has to do before it goes on; null where it waits for nobody. */
export type WaitsFor = "approval" | "resume" | null;

/** Not enough has been seen, or agreed to. */
export type Wait = {
  type: "wait";
  why: string;
  /** The step that it is in, from 0; always 0 where there are none. */
  step: number;
  /** What the step before had shown when it was left; null in the first one. */
  wentOn: string | null;
  waitsFor: WaitsFor;
  /** Which limit was reached before the watch went on once more as long; null where none was. */
  extended: string | null;
};

export type Verdict = (Wait | Exclude<Outcome, { type: "wait" }>) & { evidence: Evidence };

/** A verdict that ends the watch. */
export type Final = Exclude<Verdict, { type: "wait" }>;
