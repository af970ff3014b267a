import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createKit, describeRequest, serverError } from "../../app/index.ts";
import { serve } from "../../app/http.ts";
import { answerCounter } from "./counter.ts";
import type { Faults } from "./faults.ts";

/** Longer than HAProxy keeps an idle connection, so that never the server is the one to close it. */
const keepAliveMs = 65_000;
const counterPath = "/api/errorAndRequestCount";
const statusPath = "/status";

export type Service = {
  server: Server;
  /** Lets HAProxy see that no traffic is wanted, answers what is there, and closes. */
  stop: () => Promise<void>;
};

/**
 * The sample service: two routes that answer, and the kit's two: one that says whether it wants traffic, one with its
 * counts. In quarantine mode a canary wants none any more after its first error, so that nobody else meets it.
 */
export function createService(faults: Faults, { quarantine = false } = {}): Service {
  const kit = createKit({
    counterPath,
    statusPath,
    quarantine,
    otherInfo: () => ({ uptimeSeconds: process.uptime() }),
  });
  let started = 0;
  const leaked: Buffer[] = [];

  const answer = (route: string, response: ServerResponse, isError: boolean) => {
    const isKnown = route === "/" || route === "/hello";
    describeRequest({ route: isKnown ? `GET ${route}` : "not found", area: "greetings", team: "demo" });
    if (isError) kit.logServerError({ error: serverError("told to fail") });
    const finish = () => {
      response.writeHead(isError ? 500 : isKnown ? 200 : 404, { "content-type": "text/plain" });
      response.end(isError ? "error\n" : isKnown ? "hello\n" : "not found\n");
    };
    if (faults.latencyMs > 0) setTimeout(finish, faults.latencyMs);
    else finish();
  };

  const serveKit = serve(kit, (request, response) => {
    const isError = Math.floor(started * faults.errorRate) > Math.floor((started - 1) * faults.errorRate);
    request.resume();
    answer(pathOf(request), response, isError);
  });

  const handle: RequestListener = (request, response) => {
    const path = pathOf(request);
    const isTraffic = path !== statusPath && path !== counterPath;
    if (isTraffic) started += 1;
    if (isTraffic && started === faults.crashAfter) process.exit(1);
    if (faults.hangAfter > 0 && started >= faults.hangAfter) return;
    if (isTraffic && faults.leakBytes > 0) leaked.push(Buffer.alloc(faults.leakBytes, 1));
    if (path === counterPath && faults.counter !== "true")
      answerCounter(response, faults.counter, kit.counts());
    else serveKit(request, response);
  };

  const server = createServer({ keepAliveTimeout: keepAliveMs }, handle);
  return { server, stop: () => kit.stop([server], { drainSeconds: 1.5, deadlineSeconds: 3 }) };
}

function pathOf({ url = "/" }: IncomingMessage): string {
  const [path = "/"] = url.split("?");
  return path;
}
