/** Services that do nothing but tell counts, each on an address of its own; 127.0.0.0/8 is loopback on Linux. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { z } from "zod";
import { endpointsWanted, type Addresses } from "./messages.ts";

const eventEveryMs = 1000;
/** Events are spread over the second. */
const slices = 50;
const streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
const listening = z.object({ port: z.number() });

type Endpoint = { told: number; stream: Socket | undefined };

/** One error more each time: only then the gate is told at once that there was an answer. */
function countsOf(endpoint: Endpoint): string {
  endpoint.told += 1;
  return `{"errorCount":${endpoint.told},"requestCount":${endpoint.told * 100}}`;
}

function serve(endpoint: Endpoint, streams: boolean) {
  return createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      const counts = countsOf(endpoint);
      if (streams && data.includes("text/event-stream")) {
        endpoint.stream = socket;
        socket.write(`${streamHead}data: ${counts}\n\n`);
        return;
      }
      const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${counts.length}\r\n\r\n`;
      socket.write(head + counts);
    });
  });
}

async function start({ from, count, streams }: z.infer<typeof endpointsWanted>): Promise<Addresses> {
  const endpoints: Endpoint[] = [];
  const addresses: Addresses = [];
  for (let index = from; index < from + count; index++) {
    const host = `127.${1 + (index >> 14)}.${(index >> 7) & 127}.${1 + (index & 127)}`;
    const endpoint = { told: 0, stream: undefined };
    const server = serve(endpoint, streams).listen(0, host);
    await once(server, "listening");
    endpoints.push(endpoint);
    addresses.push({ host, port: listening.parse(server.address()).port });
  }
  let slice = 0;
  setInterval(() => {
    slice = (slice + 1) % slices;
    for (let index = slice; index < endpoints.length; index += slices) {
      const endpoint = endpoints[index];
      endpoint?.stream?.write(`data: ${countsOf(endpoint)}\n\n`);
    }
  }, eventEveryMs / slices);
  return addresses;
}

process.on("message", (message) => {
  void start(endpointsWanted.parse(message)).then((addresses) => process.send?.(addresses));
});
process.on("disconnect", () => {
  process.exit();
});
