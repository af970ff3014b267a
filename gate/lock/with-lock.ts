import type { Run } from "../act/stacks.ts";
import type { Acting, Context } from "../context.ts";
import { ActError } from "../errors.ts";
import { Journal } from "../journal/journal.ts";
import { thisHolder } from "./holder.ts";
import { Lock } from "./lock.ts";
import { markOf } from "./process.ts";

export type Locking = {
  /** What this process does, such as `release registry.example/api@sha256:…`. */
  command: string;
  /** Until nobody else releases the service, instead of ending at once. */
  wait: boolean;
  /** From a gate on another machine, of which a person knows that it has ended. */
  takeOver: boolean;
};

/**
 * Does what only one gate of a service may do at a time.
 *
 * @throws LockedError that says who does, since when
 */
export async function withLock<T>(
  context: Context,
  { command, wait, takeOver }: Locking,
  work: (acting: Acting) => Promise<T>,
): Promise<T> {
  const { consul, keys, interrupts, tell, pulumi } = context;
  const holder = await thisHolder(command);
  const lock = await Lock.take({
    consul,
    key: keys.lock,
    holder,
    wait,
    takeOver,
    onWait: (why) => {
      tell({ event: "warning", why });
    },
    signal: interrupts.signal,
  });
  const journal = new Journal({ lock, key: keys.journal, holder });
  pulumi.tellRuns((run) => writeDown(journal, run));
  try {
    return await work({ ...context, lock, journal, by: `${holder.user}@${holder.process.host}` });
  } finally {
    await lock.giveBack();
  }
}

async function writeDown(journal: Journal, { pid, ...run }: Run): Promise<() => Promise<void>> {
  const process = await markOf(pid);
  if (process === undefined) throw new ActError(`The pulumi ${run.operation} of ${run.stack} ended at once.`);
  const written = { ...run, process };
  await journal.runs(written);
  return () => journal.ran(written);
}
