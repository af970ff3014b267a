import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerCounter } from "./counter.ts";
import type { Faults } from "./faults.ts";

/** Longer than HAProxy keeps an idle connection, so that never the server is the one to close it. */
const keepAliveMs = 65_000;
/** HAProxy takes this long, at most, to see that /status says 404. */
const drainMs = 1_500;
/** What has no answer by then gets none. */
const lastAnswersMs = 3_000;

export type Service = {
  server: Server;
  /** Lets HAProxy see that no traffic is wanted, answers what is there, and closes. */
  stop: () => Promise<void>;
};

/**
 * The sample service: two routes that answer, one that says whether it wants traffic, one with its counts. In quarantine
 * mode it wants none any more after its first error, so that nobody else meets it.
 */
export function createService(faults: Faults, { quarantine = false } = {}): Service {
  let started = 0;
  let requestCount = 0;
  let errorCount = 0;
  let failed = false;
  let stopping = false;
  const leaked: Buffer[] = [];

  const answer = (url: string, response: ServerResponse) => {
    const isError = Math.floor(started * faults.errorRate) > Math.floor((started - 1) * faults.errorRate);
    const isKnown = url === "/" || url === "/hello";
    const status = isError ? 500 : isKnown ? 200 : 404;
    // Known before the answer is: HAProxy may look at any moment.
    if (isError) failed = true;
    const finish = () => {
      response.on("finish", () => {
        requestCount += 1;
        if (isError) errorCount += 1;
      });
      response.writeHead(status, { "content-type": "text/plain" });
      response.end(isError ? "error\n" : isKnown ? "hello\n" : "not found\n");
    };
    if (faults.latencyMs > 0) setTimeout(finish, faults.latencyMs);
    else finish();
  };

  const status = () => {
    if (stopping) return 404;
    return quarantine && failed ? 503 : 200;
  };

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const [url = "/"] = (request.url ?? "/").split("?");
    const isTraffic = url !== "/status" && url !== "/api/errorAndRequestCount";
    if (isTraffic) started += 1;
    if (isTraffic && started === faults.crashAfter) process.exit(1);
    if (faults.hangAfter > 0 && started >= faults.hangAfter) return;
    if (isTraffic && faults.leakBytes > 0) leaked.push(Buffer.alloc(faults.leakBytes, 1));
    request.resume();
    if (stopping) response.setHeader("connection", "close");
    if (isTraffic) answer(url, response);
    else if (url === "/status") response.writeHead(status()).end();
    else answerCounter(response, faults.counter, { errorCount, requestCount });
  };

  const server = createServer({ keepAliveTimeout: keepAliveMs }, handle);
  return {
    server,
    stop: async () => {
      if (stopping) return;
      stopping = true;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      setTimeout(() => {
        const late = setTimeout(() => {
          server.closeAllConnections();
        }, lastAnswersMs);
        server.close(() => {
          clearTimeout(late);
          resolve(undefined);
        });
      }, drainMs);
      await promise;
    },
  };
}
