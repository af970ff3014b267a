import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { endStreams } from "../counts/stream.ts";
import { state } from "../state.ts";

export type ShutdownOptions = {
  /** Seconds for HAProxy to see that the health route says 404; at least its check interval × fall. 1.5 unless given. */
  drainSeconds?: number;
  /** Seconds for the requests that are open then; what has no answer by then gets none. 10 unless given. */
  deadlineSeconds?: number;
};

/** Between two looks for connections that have become idle, and for work that is done. */
const lookMs = 50;

/** Whether a process wants requests, and how it comes to its end. */
export class Life {
  /** The newest response of each connection, once the process stops. */
  readonly #last = new WeakMap<Socket, ServerResponse>();
  #stop: Promise<void> | undefined;

  get stopping(): boolean {
    return this.#stop !== undefined;
  }

  /** Told of each response when its request comes. */
  begin(response: ServerResponse): void {
    if (this.stopping) this.#closeAfter(response);
  }

  /**
   * Ends servers without losing a request: the health route fails, HAProxy sees it and sends no more, nothing new is
   * accepted, what is open is answered, and work that is no HTTP is done. Each answer meanwhile tells its client to make
   * no further use of the connection, so that none is closed under a request.
   */
  stop(servers: readonly Server[], options: ShutdownOptions = {}): Promise<void> {
    return (this.#stop ??= this.#drain(servers, options));
  }

  async #drain(servers: readonly Server[], options: ShutdownOptions): Promise<void> {
    const { drainSeconds = 1.5, deadlineSeconds = 10 } = options;
    for (const response of state().open.values()) if (response !== undefined) this.#closeAfter(response);
    await sleep(drainSeconds * 1000);
    endStreams();
    await Promise.all([...servers.map((server) => closed(server, deadlineSeconds)), worked(deadlineSeconds)]);
  }

  /** Of requests that came at once on a connection the last is told to end it: Node answers none after that. */
  #closeAfter(response: ServerResponse): void {
    const { socket } = response.req;
    const before = this.#last.get(socket);
    if (before !== undefined && !before.headersSent) before.setHeader("connection", "keep-alive");
    this.#last.set(socket, response);
    if (!response.headersSent) response.setHeader("connection", "close");
  }
}

/** Waits for work that is no HTTP. */
async function worked(deadlineSeconds: number): Promise<void> {
  const end = performance.now() + deadlineSeconds * 1000;
  const isWorking = () => [...state().open.values()].includes(undefined);
  while (isWorking() && performance.now() < end) await sleep(lookMs);
}

async function closed(server: Server, deadlineSeconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const late = setTimeout(() => {
    server.closeAllConnections();
  }, deadlineSeconds * 1000);
  // An answer that was on its way when the end began may have promised to keep its connection.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, lookMs);
  server.close(() => {
    clearTimeout(late);
    clearInterval(idle);
    resolve(undefined);
  });
  await promise;
}
