import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import { z } from "zod";

const listening = z.object({ port: z.number() });

export type Guard = { address: string; stop: () => Promise<void> };

/** A server that passes requests on to another one when they have the headers, and refuses all others. Whoever starts it stops it. */
export async function startGuard(target: string, wanted: Record<string, string>): Promise<Guard> {
  const mayPass = (asked: IncomingMessage) =>
    Object.entries(wanted).every(([name, value]) => asked.headers[name] === value);
  const server = createServer((asked, answer) => {
    if (!mayPass(asked)) {
      asked.resume();
      answer.writeHead(401).end("the guard lets nobody in without its word");
      return;
    }
    const { method, headers, url = "/" } = asked;
    const onward = request(new URL(url, target), { method, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      pipeline(found, answer).catch(() => answer.destroy());
    });
    onward.on("error", () => answer.destroy());
    pipeline(asked, onward).catch(() => onward.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = listening.parse(server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
