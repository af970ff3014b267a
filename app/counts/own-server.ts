import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/**
 * The counter route on a port of its own, which HAProxy never routes to. On loopback unless a host is given: Nomad's
 * own address, where the gate runs on another machine.
 */
export async function listenForCounts(
  answer: (request: IncomingMessage, response: ServerResponse) => boolean,
  { port, host = "127.0.0.1" }: { port: number; host?: string },
): Promise<Server> {
  const server = createServer((request, response) => {
    if (!answer(request, response)) response.writeHead(404).end();
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once("error", reject);
  server.listen(port, host, () => {
    resolve(undefined);
  });
  await promise;
  return server;
}
