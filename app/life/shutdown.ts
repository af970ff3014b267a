import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { endStreams } from "../counts/stream.ts";

export type ShutdownOptions = {
  /** Seconds for HAProxy to see that the health route says 404; at least its check interval × fall. 1.5 unless given. */
  drainSeconds?: number;
  /** Seconds for the requests that are open then; what has no answer by then gets none. 10 unless given. */
  deadlineSeconds?: number;
};

/** Whether a process wants requests. */
export class Life {
  #stopping = false;

  get stopping(): boolean {
    return this.#stopping;
  }

  /**
   * Ends servers without losing a request: the health route fails, HAProxy sees it and sends no more, nothing new is
   * accepted, and what is open is answered.
   */
  async stop(servers: readonly Server[], options: ShutdownOptions = {}): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const { drainSeconds = 1.5, deadlineSeconds = 10 } = options;
    await sleep(drainSeconds * 1000);
    endStreams();
    await Promise.all(servers.map((server) => closed(server, deadlineSeconds)));
  }
}

async function closed(server: Server, deadlineSeconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const late = setTimeout(() => {
    server.closeAllConnections();
  }, deadlineSeconds * 1000);
  server.close(() => {
    clearTimeout(late);
    resolve(undefined);
  });
  await promise;
}
