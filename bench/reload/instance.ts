import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { deregister, register } from "../consul.ts";

/** HAProxy takes this long, at most, to see that /status says 404. */
const drainMs = 1_500;

/** What has no answer by then gets none. */
const lastAnswersMs = 3_000;

const listening = z.object({ port: z.number() });

/** An instance of the service that is here for a while. It comes and goes as those do that Nomad runs. */
export class Instance {
  readonly #consulAddress: string;
  readonly #service: string;
  readonly #server: Server;
  #leaving = false;
  #id = "";
  /** What HAProxy calls it. */
  name = "";

  constructor(consulAddress: string, service: string) {
    this.#consulAddress = consulAddress;
    this.#service = service;
    // Longer than HAProxy keeps an idle connection, so that never the server is the one to close it.
    this.#server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
      if (this.#leaving) response.setHeader("connection", "close");
      response.writeHead(this.#leaving && request.url === "/status" ? 404 : 200).end("hello\n");
    });
  }

  /** Resolves when Consul has it. */
  async come(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = listening.parse(this.#server.address());
    this.#id = `bench-${port}`;
    this.name = `${this.#service}_127.0.0.1_${port}`;
    await register(this.#consulAddress, this.#service, this.#id, port);
  }

  /** Wants no more traffic, and waits until HAProxy has seen it. */
  async drain(): Promise<void> {
    this.#leaving = true;
    await sleep(drainMs);
  }

  /** Resolves when Consul has it no more. */
  async leave(): Promise<void> {
    await deregister(this.#consulAddress, this.#id);
  }

  /** Answers what is there, and closes. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    const late = setTimeout(() => {
      this.#server.closeAllConnections();
    }, lastAnswersMs);
    await closed;
    clearTimeout(late);
  }
}
