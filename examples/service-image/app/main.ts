import { createServer } from "node:http";

/** HAProxy takes this long, at most, to see that /status says 404. */
const drainMs = 1_500;

let requestCount = 0;
let errorCount = 0;
let stopping = false;

const server = createServer((request, response) => {
  if (request.url === "/status") {
    response.writeHead(stopping ? 404 : 200).end();
    return;
  }
  if (request.url === "/api/errorAndRequestCount") {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ errorCount, requestCount }));
    return;
  }
  response.on("finish", () => {
    requestCount += 1;
    if (response.statusCode >= 500) errorCount += 1;
  });
  response.end("hello\n");
});

function stop(): void {
  stopping = true;
  setTimeout(() => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  }, drainMs);
}

// Nomad sends SIGINT unless the job names another.
process.on("SIGINT", stop).on("SIGTERM", stop);
server.listen(Number(process.env["PORT"] ?? 8080), process.env["HOST"] ?? "127.0.0.1");
