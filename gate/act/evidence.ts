import type { Instance } from "../clients/consul.ts";
import type { Allocation } from "../clients/nomad-answers.ts";
import type { LastTold } from "../count/last-told.ts";
import type { InstanceCounts } from "../decide/observation.ts";
import { allocationIdOf } from "../discover/roster.ts";

/** Instances that are looked into; of a large canary those that failed are enough. */
export const mostInstances = 20;
/** Of each of a task's two logs. */
export const mostLogBytes = 16 * 1024;
const mostBytes = 4 * 1024 * 1024;
const mostMessage = 1000;

/** What is known of a canary that is about to be taken away, as it is written down. */
export type Evidence = {
  evidence: "canary";
  version: 1;
  environment: string;
  service: string;
  release: string;
  verdict: string;
  why: string;
  /** ISO 8601. */
  at: string;
  /** Those that failed first. */
  instances: InstanceEvidence[];
  /** Instances that were not looked into. */
  others: number;
  /** What could not be had, one sentence each. */
  missing: string[];
};

export type InstanceEvidence = {
  /** Of the allocation. */
  id: string;
  node: string;
  /** As Consul has it. */
  address: string | null;
  passing: boolean;
  /** As Nomad has it. */
  state: string;
  why: string;
  /** What the gate has counted of it. */
  counted: InstanceCounts | null;
  /** What it told in the end. */
  told: LastTold | null;
  tasks: TaskEvidence[];
};

export type TaskEvidence = {
  name: string;
  failed: boolean;
  restarts: number;
  events: { at: string; type: string; message: string }[];
  /** The last lines; null where there is no such file. */
  stdout: string[] | null;
  stderr: string[] | null;
};

/** One instance, as Nomad, Consul and the gate know it. */
export type Known = {
  allocation: Allocation;
  instance: Instance | undefined;
  counted: InstanceCounts | undefined;
};

/** Who is looked into: those that failed, then those that are not healthy, then the others. */
export function chosen(
  allocations: readonly Allocation[],
  instances: readonly Instance[],
  counted: readonly InstanceCounts[],
): Known[] {
  const registered = new Map(instances.map((each) => [allocationIdOf(each.id), each]));
  const counts = new Map(counted.map((each) => [each.id, each]));
  return allocations
    .map((allocation) => ({
      allocation,
      instance: registered.get(allocation.id),
      counted: counts.get(allocation.id),
    }))
    .sort((one, other) => badness(other) - badness(one))
    .slice(0, mostInstances);
}

function badness({ allocation, instance, counted }: Known): number {
  const tasks = Object.values(allocation.tasks);
  const hasFailed =
    allocation.client === "failed" || tasks.some(({ failed, restarts }) => failed || restarts > 0);
  if (hasFailed || (counted !== undefined && counted.fault !== null)) return 3;
  if (counted !== undefined && counted.errors > 0) return 2;
  return instance?.passing === true ? 0 : 1;
}

/** What Nomad and Consul tell of an instance, before it is asked itself. */
export function evidenceOf({ allocation, instance, counted }: Known): InstanceEvidence {
  const { id, node, client, clientWhy, desiredWhy, tasks } = allocation;
  return {
    id,
    node,
    address: instance === undefined ? null : `${instance.address.host}:${instance.address.port}`,
    passing: instance?.passing ?? false,
    state: client,
    why: clientWhy || desiredWhy,
    counted: counted ?? null,
    told: null,
    tasks: Object.entries(tasks).map(([name, { failed, restarts, events }]) => ({
      name,
      failed,
      restarts,
      events: events.map(({ type, message, time }) => ({
        at: new Date(time / 1e6).toISOString(),
        type,
        message: message.slice(0, mostMessage),
      })),
      stdout: null,
      stderr: null,
    })),
  };
}

/** The lines at the end of a log of which the last bytes were asked for: the first one is left out where it may be cut. */
export function linesOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const isCut = bytes.length >= mostLogBytes;
  const lines = bytes.subarray(-mostLogBytes).toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return isCut && lines.length > 1 ? lines.slice(1) : lines;
}

/** The evidence as text, with as many of its instances as there is room for. */
export function textOf(evidence: Evidence): string {
  const text = (instances: InstanceEvidence[], others: number) =>
    `${JSON.stringify({ ...evidence, instances, others }, null, 2)}\n`;
  for (let kept = evidence.instances.length; kept > 0; kept--) {
    const whole = text(evidence.instances.slice(0, kept), evidence.others + evidence.instances.length - kept);
    if (Buffer.byteLength(whole) <= mostBytes) return whole;
  }
  return text([], evidence.others + evidence.instances.length);
}
