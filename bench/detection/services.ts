/** Services of which each request at /fail fails. Counts are told at once to those who listen to the stream. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { z } from "zod";
import { machineMs, servicesWanted } from "./messages.ts";

const listening = z.object({ port: z.number() });
const eventEveryMs = 1000;

function serviceWith(streams: boolean) {
  let errorCount = 0;
  const listeners = new Set<ServerResponse>();
  const counts = () => JSON.stringify({ errorCount, requestCount: errorCount });
  const tell = () => {
    for (const listener of listeners) listener.write(`data: ${counts()}\n\n`);
  };
  setInterval(tell, eventEveryMs);
  return createServer((request, response) => {
    if (request.url === "/fail") {
      response.once("finish", () => {
        errorCount += 1;
        tell();
      });
      response.writeHead(500).end(JSON.stringify({ sentAt: machineMs() }));
    } else if (streams && request.headers.accept?.includes("text/event-stream") === true) {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(`data: ${counts()}\n\n`);
      listeners.add(response);
      response.once("close", () => listeners.delete(response));
    } else {
      response.writeHead(200, { "content-type": "application/json" }).end(counts());
    }
  });
}

async function start({ count, streams }: z.infer<typeof servicesWanted>): Promise<number[]> {
  const ports: number[] = [];
  for (let index = 0; index < count; index++) {
    const server = serviceWith(streams).listen(0, "127.0.0.1");
    await once(server, "listening");
    ports.push(listening.parse(server.address()).port);
  }
  return ports;
}

process.on("message", (message) => {
  void start(servicesWanted.parse(message)).then((ports) => process.send?.(ports));
});
process.on("disconnect", () => {
  process.exit();
});
