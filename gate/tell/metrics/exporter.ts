import { once } from "node:events";
import { createServer, type Server } from "node:http";

export type Listen = { host: string; port: number };

const mostConnections = 32;

/** Answers a Prometheus that scrapes, until it is closed by who opened it. */
export class Exporter {
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  /** @throws what Node says where it cannot listen */
  static async open({ host, port }: Listen, text: () => string): Promise<Exporter> {
    const server = createServer((request, response) => {
      const [path] = (request.url ?? "").split("?", 1);
      if (path !== "/metrics") {
        response.writeHead(404).end();
      } else if (request.method !== "GET" && request.method !== "HEAD") {
        response.writeHead(405, { allow: "GET, HEAD" }).end();
      } else {
        response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8").end(text());
      }
    });
    server.maxConnections = mostConnections;
    server.listen({ host, port });
    await once(server, "listening");
    // A socket that fails later fails alone.
    server.on("error", () => undefined);
    const address = server.address();
    const actual = typeof address === "object" && address !== null ? address.port : port;
    return new Exporter(server, `http://${host.includes(":") ? `[${host}]` : host}:${actual}/metrics`);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
