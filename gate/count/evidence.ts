import type { Fault, InstanceCounts } from "../decide/observation.ts";
import type { Answer } from "./answer.ts";

/** Answers that may be late in a row before the silence is an error. */
const mostSlow = 3;

/** What one instance has shown so far. */
export type Evidence = {
  /** The highest counts that it has told. */
  requests: number;
  errors: number;
  /** Whether it has told any. */
  answered: boolean;
  slowInARow: number;
  /** Whether a count went back without a proof of a restart, as with several workers behind one port. */
  wentBack: boolean;
  /** What was last wrong with its answers, while that is not an error. */
  trouble: string | undefined;
  /** At most one an instance: the first. */
  fault: Fault | undefined;
};

export const noEvidence: Evidence = {
  requests: 0,
  errors: 0,
  answered: false,
  slowInARow: 0,
  wentBack: false,
  trouble: undefined,
  fault: undefined,
};

/**
 * The evidence after one more answer.
 *
 * @param passing - whether Consul calls the instance healthy: then a wrong answer is not one of a service that still starts
 */
export function heard(before: Evidence, answer: Answer, passing: boolean): Evidence {
  switch (answer.type) {
    case "counts":
      return {
        ...before,
        requests: Math.max(before.requests, answer.requests),
        errors: Math.max(before.errors, answer.errors),
        answered: true,
        slowInARow: 0,
        wentBack: before.wentBack || answer.requests < before.requests || answer.errors < before.errors,
        trouble: undefined,
      };
    case "absent":
      return before.answered
        ? faulty(before, { kind: "absent", why: answer.why })
        : { ...before, trouble: answer.why };
    case "wrong":
      return before.answered || passing
        ? faulty(before, { kind: "wrong", why: answer.why })
        : { ...before, trouble: answer.why };
    case "slow": {
      const slowInARow = before.slowInARow + 1;
      const after = { ...before, slowInARow, trouble: answer.why };
      return before.answered && slowInARow >= mostSlow
        ? faulty(after, { kind: "silent", why: `${answer.why}, ${slowInARow} times in a row` })
        : after;
    }
  }
}

/** The evidence with a fault in it; the first one stays. */
export function faulty(before: Evidence, fault: Fault): Evidence {
  return { ...before, fault: before.fault ?? fault };
}

/** What an instance has shown, as deciding wants it. */
export function countsOf(id: string, { requests, errors, fault }: Evidence): InstanceCounts {
  return { id, requests, errors, failed: Math.min(errors, requests), fingerprints: {}, fault: fault ?? null };
}

/** As Nomad's own tools shorten the ids of allocations. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
