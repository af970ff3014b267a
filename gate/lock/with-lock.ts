import type { Release } from "../../settings/names.ts";
import type { GateSettings } from "../../settings/schema.ts";
import type { Context } from "../context.ts";
import { Newest } from "../people/newest.ts";
import { thisHolder } from "./holder.ts";
import { Lock } from "./lock.ts";

export type Locking = {
  /** What this process does, such as `release registry.example/api@sha256:…`. */
  command: string;
  /** Until nobody else releases the service, instead of ending at once. */
  wait: boolean;
  /** From a gate on another machine, of which a person knows that it has ended. */
  takeOver: boolean;
  /** A release that may take the place of an older one, by `nary:gate.onNewer`. */
  newer?: Release | undefined;
};

type Needed = Pick<Context, "consul" | "keys" | "interrupts" | "tell"> & {
  settings: { gate: Pick<GateSettings, "onNewer"> };
};

/**
 * Does what only one gate of a service may do at a time.
 *
 * @throws LockedError that says who does, since when; SupersededError when a newer release has come to wait for it
 */
export async function withLock<Given extends Needed, T>(
  context: Given,
  { command, wait, takeOver, newer }: Locking,
  work: (locked: Given & { lock: Lock }) => Promise<T>,
): Promise<T> {
  const { consul, keys, interrupts, tell, settings } = context;
  const { onNewer } = settings.gate;
  const newest =
    newer !== undefined && onNewer === "supersede" ? new Newest(context, newer, tell) : undefined;
  const signals = [interrupts.signal, ...(newest === undefined ? [] : [newest.signal])];
  let lock: Lock | undefined;
  try {
    lock = await Lock.take({
      consul,
      key: keys.lock,
      holder: await thisHolder(command),
      wait: wait || (newer !== undefined && onNewer !== "refuse"),
      takeOver,
      onWait: (why) => {
        tell({ event: "warning", why });
        newest?.begin();
      },
      signal: AbortSignal.any(signals),
    });
    await newest?.begins();
    return await work({ ...context, lock });
  } catch (error) {
    await newest?.giveUp();
    newest?.signal.throwIfAborted();
    throw error;
  } finally {
    await lock?.giveBack();
  }
}
