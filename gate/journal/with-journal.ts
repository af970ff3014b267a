import type { Run } from "../act/stacks.ts";
import type { Journaled, Locked } from "../context.ts";
import { ActError } from "../errors.ts";
import { markOf } from "../lock/process.ts";
import { Journal } from "./journal.ts";

/** Writes down what is done under the lock, and each Pulumi that changes something, before it begins. */
export async function withJournal<Given extends Pick<Locked, "lock" | "keys" | "pulumi">, T>(
  given: Given,
  work: (journaled: Given & Pick<Journaled, "journal" | "by">) => Promise<T>,
): Promise<T> {
  const { lock, keys, pulumi } = given;
  const { holder } = lock;
  const journal = new Journal({ lock, key: keys.journal, holder });
  pulumi.tellRuns((run) => writeDown(journal, run));
  return await work({ ...given, journal, by: `${holder.user}@${holder.process.host}` });
}

async function writeDown(journal: Journal, { pid, ...run }: Run): Promise<() => Promise<void>> {
  const process = await markOf(pid);
  if (process === undefined) throw new ActError(`The pulumi ${run.operation} of ${run.stack} ended at once.`);
  const written = { ...run, process };
  await journal.runs(written);
  return () => journal.ran(written);
}
