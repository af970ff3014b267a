/**
 * An instance of a service that uses the kit, as a process: it fails one request when it is told to, and says when that
 * was and when the last request came. Times are milliseconds of the machine's monotonic clock, which all processes share.
 */
import { createServer } from "node:http";
import { serve } from "../../app/http.ts";
import { createKit } from "../../app/index.ts";
import { monotonicMs, paths, type Times } from "./messages.ts";

/** Longer than HAProxy keeps an idle connection, so that never the server is the one to close it. */
const keepAliveMs = 65_000;

const { PORT, HOST = "127.0.0.1", COUNTS, QUARANTINE, DRAIN_SECONDS } = process.env;
const kit = createKit({ quarantine: QUARANTINE === "on" });
const times: Times = { requests: 0, lastRequest: null, failed: null };
let failNext = false;

const service = serve(kit, (_, response) => {
  times.requests += 1;
  times.lastRequest = monotonicMs();
  if (!failNext) {
    response.end("hello\n");
    return;
  }
  failNext = false;
  kit.logServerError({ error: new Error("told to fail") });
  times.failed = monotonicMs();
  response.writeHead(500).end("error\n");
});

const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
  if (request.url === paths.fail) {
    failNext = true;
    response.end();
  } else if (request.url === paths.times) {
    response.end(JSON.stringify(times));
  } else {
    // A service without a stream answers with JSON whatever its reader would like.
    if (COUNTS === "polled") delete request.headers.accept;
    service(request, response);
  }
});

const stop = async () => {
  await kit.stop([server], { drainSeconds: Number(DRAIN_SECONDS ?? 1.5) });
  process.exit(0);
};
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
server.listen(Number(PORT), HOST);
