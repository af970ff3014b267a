import type { Allocation } from "../clients/nomad-answers.ts";

/** How often the tasks of instances ended by themselves. Nomad forgets: what it told once stays. */
export type Ends = {
  /** By allocation. */
  restarts: ReadonlyMap<string, number>;
  /** One entry for each kill, since Nomad keeps no more than a task's last ten events. */
  kills: ReadonlySet<string>;
};

export const noEnds: Ends = { restarts: new Map(), kills: new Set() };

/** What is known after Nomad has told of these allocations. */
export function nextEnds(before: Ends, allocations: readonly Allocation[]): Ends {
  const restarts = new Map(before.restarts);
  const kills = new Set(before.kills);
  for (const { id, tasks } of allocations) {
    const ends = Object.values(tasks).reduce((sum, task) => sum + task.restarts + (task.failed ? 1 : 0), 0);
    restarts.set(id, Math.max(restarts.get(id) ?? 0, ends));
    for (const [name, task] of Object.entries(tasks)) {
      for (const { outOfMemory, time } of task.events) if (outOfMemory) kills.add(`${id} ${name} ${time}`);
    }
  }
  return { restarts, kills };
}

/** Times that a task ended by itself, whether Nomad started it again or not. */
export const restartsOf = ({ restarts }: Ends): number =>
  [...restarts.values()].reduce((sum, times) => sum + times, 0);
