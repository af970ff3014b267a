import type { Fault, InstanceCounts } from "../decide/observation.ts";
import type { Answer, Told } from "./answer.ts";
import { allRoutes, noRoutes, routesSince, type Routes } from "./routes.ts";
import { highest, isLower, marksOf, noMarks, since, sum, type Marks } from "./marks.ts";

/** Answers that may be late in a row before the silence is an error. */
const mostSlow = 3;

/** Processes that one instance may tell of; more are no workers, but a name that changes with each answer. */
const mostProcesses = 256;

/** What one instance has shown so far. */
export type Evidence = {
  /**
   * The highest counts of each process that has answered. Another name is another process: one after a restart, whose
   * counts are added, or one of several workers behind one port, whose counts are added too.
   */
  processes: ReadonlyMap<string, Marks>;
  /** What each of them had counted when counting began; nothing unless it is here. */
  zeros: ReadonlyMap<string, Marks>;
  /** What requests have cost by route, of each process that tells; apart, since few looks need it. */
  costs: ReadonlyMap<string, Routes>;
  costZeros: ReadonlyMap<string, Routes>;
  /** Requests of the gate's own, which are no traffic: so many are left out, whether or not the service counted them. */
  own: number;
  /** Whether it has told any. */
  answered: boolean;
  slowInARow: number;
  /** Whether a count went back without a proof of a restart, as with several workers behind one port. */
  wentBack: boolean;
  /** Longest stall of the event loop lately, in milliseconds, where it tells. */
  lagMs: number | undefined;
  /** What was last wrong with its answers, while that is not an error. */
  trouble: string | undefined;
  /** At most one an instance: the first. */
  fault: Fault | undefined;
};

export const noEvidence: Evidence = {
  processes: new Map(),
  zeros: new Map(),
  costs: new Map(),
  costZeros: new Map(),
  own: 0,
  answered: false,
  slowInARow: 0,
  wentBack: false,
  lagMs: undefined,
  trouble: undefined,
  fault: undefined,
};

export type Circumstances = {
  /** Whether Consul calls the instance healthy: then a wrong answer is not one of a service that still starts. */
  passing: boolean;
  /** How often Nomad has restarted its tasks, which proves a restart where the service does not tell. */
  restarts: number;
  /** Whether what a process has counted before it is heard for the first time is none of our business. */
  fromNow: boolean;
};

/** The evidence after one more answer. */
export function heard(before: Evidence, answer: Answer, circumstances: Circumstances): Evidence {
  switch (answer.type) {
    case "counts":
      return counted(before, answer, circumstances);
    case "absent":
      return before.answered
        ? faulty(before, { kind: "absent", why: answer.why })
        : { ...before, trouble: answer.why };
    case "wrong":
      return before.answered || circumstances.passing
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

function counted(before: Evidence, answer: Told, { restarts, fromNow }: Circumstances): Evidence {
  const process = answer.process ?? `start ${restarts}`;
  const now = marksOf(answer);
  const known = before.processes.get(process);
  if (known === undefined && before.processes.size >= mostProcesses) {
    const why = `tells of more than ${mostProcesses} processes: instanceId and startedAt must stay the same`;
    return faulty(before, { kind: "wrong", why });
  }
  const marks = known === undefined ? now : highest(known, now);
  const isNew = fromNow && known === undefined;
  const wentBack = known !== undefined && isLower(now, known);
  // An answer of before that comes late has costs of before too.
  const costs = wentBack ? undefined : answer.costs;
  return {
    ...before,
    costs: costs === undefined ? before.costs : new Map(before.costs).set(process, costs),
    costZeros:
      isNew && costs !== undefined ? new Map(before.costZeros).set(process, costs) : before.costZeros,
    processes: new Map(before.processes).set(process, marks),
    zeros: isNew ? new Map(before.zeros).set(process, now) : before.zeros,
    answered: true,
    slowInARow: 0,
    wentBack: before.wentBack || wentBack,
    lagMs: answer.lagMs,
    trouble: undefined,
  };
}

/** The evidence with a fault in it; the first one stays. */
export function faulty(before: Evidence, fault: Fault): Evidence {
  return { ...before, fault: before.fault ?? fault };
}

/** The evidence as if counting began now. */
export function fromNowOn(before: Evidence): Evidence {
  return { ...before, zeros: before.processes, costZeros: before.costs, fault: undefined };
}

/** What requests of an instance have cost by route; undefined where it does not tell. */
export function costsOf({ costs, costZeros }: Evidence): Routes | undefined {
  if (costs.size === 0) return undefined;
  return allRoutes([...costs].map(([process, now]) => routesSince(costZeros.get(process) ?? noRoutes, now)));
}

/** What an instance has shown, as deciding wants it. */
export function countsOf(id: string, { processes, zeros, own, fault }: Evidence): InstanceCounts {
  const marks = [...processes].map(([process, highest]) => since(zeros.get(process) ?? noMarks, highest));
  const told = marks.reduce(sum, noMarks);
  return { id, ...told, requests: Math.max(0, told.requests - own), fault: fault ?? null };
}

/** As Nomad's own tools shorten the ids of allocations. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
