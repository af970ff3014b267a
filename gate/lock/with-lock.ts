import type { Acting, Context } from "../context.ts";
import { thisHolder } from "./holder.ts";
import { Lock } from "./lock.ts";

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
  const { consul, keys, interrupts, tell } = context;
  const lock = await Lock.take({
    consul,
    key: keys.lock,
    holder: await thisHolder(command),
    wait,
    takeOver,
    onWait: (why) => {
      tell({ event: "warning", why });
    },
    signal: interrupts.signal,
  });
  try {
    return await work({ ...context, lock });
  } finally {
    await lock.giveBack();
  }
}
