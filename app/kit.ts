import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { countsOf, type Counts, type Identity } from "./counts/answer.ts";
import { listenForCounts } from "./counts/own-server.ts";
import { stream } from "./counts/stream.ts";
import { hasToken } from "./counts/token.ts";
import { serverErrorLog, type ErrorSinks } from "./errors/log-server-error.ts";
import { countStrayErrors } from "./errors/stray.ts";
import { Life, type ShutdownOptions } from "./life/shutdown.ts";
import { stopOn, type StopOptions } from "./life/stop-on.ts";
import { state } from "./state.ts";

export type KitOptions = ErrorSinks &
  Identity & {
    /** Route with the counts; `/api/errorAndRequestCount` unless given, null where a port of its own has it alone. */
    counterPath?: string | null;
    /** Route that says whether the process wants requests; `/status` unless given. */
    statusPath?: string;
    /** What the counter route wants as `authorization: Bearer …`; everybody may read it unless given. */
    token?: string;
    /** Further fields of the counter route's answer. */
    otherInfo?: () => Record<string, unknown>;
    /** Whether a canary wants no more requests after its first error, as the policy zero-errors has it; false unless given. */
    quarantine?: boolean;
  };

/** What a service has of the kit: one for the whole process. */
export type Kit = {
  /** Says that something has to be fixed here: counts, increments a metric, logs. */
  logServerError: ReturnType<typeof serverErrorLog>;
  counts: () => Counts & Record<string, unknown>;
  /** Answers the kit's own routes; says whether it was one of them. They are no requests and count nowhere. */
  answer: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Whether the process is about to end. */
  stopping: () => boolean;
  /** For those who count requests: what is open, and what becomes of its connection. */
  life: Pick<Life, "begin" | "end">;
  /** Serves the counts on a port of its own. */
  listen: (where: { port: number; host?: string }) => Promise<Server>;
  /** Ends the servers without losing a request. */
  stop: (servers: readonly Server[], options?: ShutdownOptions) => Promise<void>;
  /**
   * Does so at a signal, and ends the process then. A second one ends it at once.
   *
   * @example kit.stopOn("SIGTERM", [server], { last: () => pool.end() });
   */
  stopOn: (signal: NodeJS.Signals, servers: readonly Server[], options?: StopOptions) => void;
};

const json = { "content-type": "application/json", "cache-control": "no-store" };

export function createKit(options: KitOptions = {}): Kit {
  const { counterPath = "/api/errorAndRequestCount", statusPath = "/status", token, otherInfo } = options;
  const role = options.role ?? process.env["NARY_ROLE"];
  const quarantine = options.quarantine === true && role === "canary";
  const life = new Life();
  countStrayErrors();

  // The kit's own fields come last, so that no other field can stand in for a count.
  const counts = () => ({ ...otherInfo?.(), ...countsOf(options) });

  const answerCounts = (request: IncomingMessage, response: ServerResponse) => {
    if (token !== undefined && !hasToken(request.headers.authorization, token)) {
      response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    } else if (!(wantsStream(request) && stream(response, counts))) {
      response.writeHead(200, json).end(JSON.stringify(counts()));
    }
  };

  const status = () => {
    if (life.stopping) return 404;
    return quarantine && state().errorCount > 0 ? 503 : 200;
  };

  const answer = (paths: { counter: string | null; status: string | null }) =>
    function answerOwn(request: IncomingMessage, response: ServerResponse): boolean {
      const [path] = (request.url ?? "/").split("?");
      if (path !== paths.counter && path !== paths.status) return false;
      request.resume();
      if (path === paths.counter) answerCounts(request, response);
      else response.writeHead(status(), { "cache-control": "no-store" }).end();
      return true;
    };

  return {
    logServerError: serverErrorLog(options),
    counts,
    answer: answer({ counter: counterPath, status: statusPath }),
    stopping: () => life.stopping,
    life,
    listen: (where) =>
      listenForCounts(answer({ counter: counterPath ?? "/api/errorAndRequestCount", status: null }), where),
    stop: (servers, how) => life.stop(servers, how),
    stopOn: (signal, servers, how) => {
      stopOn(signal, () => life.stop(servers, how), how);
    },
  };
}

function wantsStream({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes("text/event-stream") === true;
}
