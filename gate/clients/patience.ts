import { setTimeout as sleep } from "node:timers/promises";
import { UnreachableError } from "../errors.ts";

const firstMs = 200;
const mostMs = 3_000;
/** Servers that are restarted, moved or elect a leader are back by then. */
const usualSeconds = 300;

export type Patience = {
  /** For how long a server may be away before its absence counts; five minutes unless given. */
  seconds?: number;
  signal?: AbortSignal | undefined;
  /** Told once, at the first failure. */
  onTrouble?: (error: UnreachableError) => void;
};

/** Asks again, with growing pauses, while the server cannot be reached. */
export async function patiently<T>(ask: () => Promise<T>, patience: Patience = {}): Promise<T> {
  const { seconds = usualSeconds, signal, onTrouble } = patience;
  const end = performance.now() + seconds * 1000;
  for (let pause = firstMs; ; pause = Math.min(pause * 2, mostMs)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UnreachableError) || performance.now() + pause > end) throw error;
      if (pause === firstMs) onTrouble?.(error);
      // Apart from all others that wait for the same server.
      await sleep(pause * (0.75 + Math.random() / 2), undefined, { signal });
    }
  }
}
