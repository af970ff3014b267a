/** What the gate has seen of a canary. */
export type Tally = {
  /** Requests that the canaries have finished. */
  requests: number;
  /** Errors that they report, and the canaries that crashed, vanished or stopped answering. */
  errors: number;
  /** Seconds since the canaries get traffic. */
  seconds: number;
  /** What the first error was, when there is one. */
  firstError?: string | undefined;
};

/** "At most this share of requests fails", with this confidence. */
export type Bound = { errorRate: number; confidence: number };

export type Evidence = {
  requests: number;
  errors: number;
  seconds: number;
  /** Requests without an error that the policy asks for. */
  goal: number;
};

export type Verdict =
  | { type: "wait"; why: string; evidence: Evidence }
  | { type: "promote"; why: string; evidence: Evidence; proves: Bound }
  | { type: "reject"; why: string; evidence: Evidence }
  | { type: "inconclusive"; why: string; evidence: Evidence };

/** A verdict that ends the watch. */
export type Final = Exclude<Verdict, { type: "wait" }>;
