import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";

export type WebServer = { port: number; close: () => Promise<void> };

const address = z.object({ port: z.number() });

/** A server on loopback, in this process: /status is 200 unless told otherwise, all else is what the handler makes of it. */
export async function startServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    void response.end("ok"),
  status = () => 200,
): Promise<WebServer> {
  const server = createServer((request, response) => {
    if (request.url === "/status") response.writeHead(status()).end();
    else handle(request, response);
  });
  return listening(server);
}

/** Lets a server listen on loopback. */
export async function listening(server: Server): Promise<WebServer> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: address.parse(server.address()).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startServer();
  await close();
  return port;
}
