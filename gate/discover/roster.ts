import type { Address, Instance } from "../clients/consul.ts";
import type { Allocation } from "../clients/nomad-answers.ts";

/** Seconds for which Consul may not know an instance that Nomad runs: its agent registers again after a restart. */
const vanishSeconds = 30;
/** Seconds for which Consul may know an instance that Nomad's answer does not have yet. */
const strangerSeconds = 5;

export type MemberState =
  /** Not placed, or its task does not run yet, or Consul does not know it yet. */
  | "starting"
  | "running"
  /** A task ended by itself. */
  | "crashed"
  /** Nomad says it runs, Consul no longer knows it. */
  | "vanished"
  /** Nomad stopped it for reasons of its own (drain, preemption, lost client); no failure of the release. */
  | "moved";

/** One instance, as Nomad and Consul together know it. */
export type Member = {
  id: string;
  node: string;
  state: MemberState;
  why: string;
  /** Where it answers; the last known while Consul does not know it. */
  address: Address | undefined;
  passing: boolean;
  /** How often Nomad has restarted its tasks. */
  restarts: number;
  /** Since when (in seconds of the caller's clock) Consul has not known it any more. */
  missingSince: number | undefined;
};

export type Roster = ReadonlyMap<string, Member>;

/** Instances that are not restarted by Nomad have crashed when they were. */
export type Kind = { restartable: boolean };

/**
 * Who the instances are now.
 *
 * @param before - who they were, so that one that is gone stays known
 * @param allocations - those of the watched version of the job
 * @param instances - the service's instances in Consul
 * @param now - seconds, of a clock that never jumps
 */
export function nextRoster(
  before: Roster,
  allocations: readonly Allocation[],
  instances: readonly Instance[],
  now: number,
  kind: Kind = { restartable: false },
): Roster {
  const registered = new Map(instances.map((instance) => [allocationIdOf(instance.id), instance]));
  const roster = new Map(before);
  for (const allocation of allocations) {
    roster.set(
      allocation.id,
      memberOf(allocation, registered.get(allocation.id), before.get(allocation.id), now, kind),
    );
  }
  return roster;
}

/** The same when somebody has taken the job away, of whose instances Nomad then may tell nothing any more. */
export function withoutJob(roster: Roster, why: string): Roster {
  const away = (member: Member): Member =>
    member.state === "running" || member.state === "starting" ? { ...member, state: "moved", why } : member;
  return new Map([...roster].map(([id, member]) => [id, away(member)]));
}

/** Instances that carry the canaries' name without being one of the job's allocations. */
export function strangersAmong(
  instances: readonly Instance[],
  allocations: readonly Allocation[],
): Instance[] {
  const known = new Set(allocations.map((allocation) => allocation.id));
  return instances.filter((instance) => !known.has(allocationIdOf(instance.id) ?? ""));
}

/** Strangers by their id, with the seconds since when they have been ones. */
export type Strangers = ReadonlyMap<string, number>;

export function nextStrangers(before: Strangers, strangers: readonly Instance[], now: number): Strangers {
  return new Map(strangers.map(({ id }) => [id, before.get(id) ?? now]));
}

/** Those that are no matter of which server told first. */
export function lastingStrangers(strangers: Strangers, now: number): string[] {
  return [...strangers].filter(([, since]) => now - since >= strangerSeconds).map(([id]) => id);
}

function memberOf(
  allocation: Allocation,
  instance: Instance | undefined,
  before: Member | undefined,
  now: number,
  kind: Kind,
): Member {
  const address = instance?.address ?? before?.address;
  const missing = instance === undefined && before?.address !== undefined;
  const missingSince = missing ? (before.missingSince ?? now) : undefined;
  const member = {
    id: allocation.id,
    node: allocation.node,
    address,
    passing: instance?.passing ?? false,
    restarts: Object.values(allocation.tasks).reduce((sum, { restarts }) => sum + restarts, 0),
    missingSince,
  };
  const crash = crashOf(allocation, kind);
  if (crash !== undefined) return { ...member, state: "crashed", why: `crashed: ${crash}` };
  if (allocation.desired !== "run" || allocation.client === "lost" || allocation.client === "unknown") {
    const why = allocation.desiredWhy || allocation.clientWhy || allocation.client;
    return { ...member, state: "moved", why: `was stopped by Nomad: ${why}` };
  }
  if (allocation.client !== "running" || address === undefined) {
    return { ...member, state: "starting", why: `is ${allocation.client}${lastEventOf(allocation)}` };
  }
  if (missingSince !== undefined && now - missingSince >= vanishSeconds) {
    return { ...member, state: "vanished", why: "vanished from Consul while Nomad says that it runs" };
  }
  return { ...member, state: "running", why: "runs" };
}

/** How a task of it ended by itself; undefined when none did. */
function crashOf(allocation: Allocation, { restartable }: Kind): string | undefined {
  for (const [name, task] of Object.entries(allocation.tasks)) {
    const wasRestarted = task.restarts > 0 && !restartable;
    // One that prepares the instance ends, and has not failed; any other that ends, with whatever status, has.
    if (task.failed || wasRestarted) return `task ${name}: ${tellingEvents(task.events)}`;
  }
  if (allocation.client === "failed") return allocation.clientWhy || "the allocation failed";
  return undefined;
}

const telling: ReadonlySet<string> = new Set([
  "Terminated",
  "Driver Failure",
  "Setup Failure",
  "Failed Validation",
  "Failed Artifact Download",
  "Task hook failed",
]);

/** The events that say how it ended; all when none of them is of a known kind. */
function tellingEvents(events: readonly { type: string; message: string }[]): string {
  const chosen = events.filter((event) => telling.has(event.type));
  const told = chosen.length > 0 ? chosen : events;
  return told.map((event) => event.message || event.type).at(-1) ?? "no event";
}

function lastEventOf(allocation: Allocation): string {
  const last = Object.values(allocation.tasks)
    .flatMap((task) => task.events)
    .at(-1);
  return last === undefined ? "" : ` (${last.message || last.type})`;
}

/** Nomad's client registers services under `_nomad-task-<allocation id>-…`. */
export function allocationIdOf(instanceId: string): string | undefined {
  return /^_nomad-task-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-/.exec(instanceId)?.[1];
}
