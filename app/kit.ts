import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Total } from "./cluster/sum.ts";
import { lastTotal } from "./cluster/worker.ts";
import { countsOf, type Counts } from "./counts/answer.ts";
import type { Identity } from "./counts/identity.ts";
import { listenForCounts } from "./counts/own-server.ts";
import { countsSource } from "./counts/source.ts";
import { stream } from "./counts/stream.ts";
import { hasToken } from "./counts/token.ts";
import { serverErrorLog, type ErrorSinks } from "./errors/log-server-error.ts";
import { countStrayErrors } from "./errors/stray.ts";
import { watchCosts, type CostOptions } from "./limits/watch.ts";
import { Life, type ShutdownOptions } from "./life/shutdown.ts";
import { stopOn, type StopOptions } from "./life/stop-on.ts";

export type KitOptions = ErrorSinks &
  Identity &
  CostOptions & {
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
  /** Of this process; in the primary of a cluster, of its workers too. */
  counts: () => Counts & Record<string, unknown>;
  /** Answers the kit's own routes; says whether it was one of them. They are no requests and count nowhere. */
  answer: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Whether the process is about to end. */
  stopping: () => boolean;
  /** For those who count requests: told of each response when its request comes. */
  begin: (response: ServerResponse) => void;
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
const plain = { "content-type": "text/plain", "cache-control": "no-store" };
const noTotal =
  "The primary process of this cluster does not add up the counts of its workers: call sumWorkers() of @nary/app in it.\n";
const noAnswer =
  "The primary process of this cluster no longer tells the counts of its workers: it hangs, or is gone.\n";

/** @throws TypeError for a limit of costs that is none */
export function createKit(options: KitOptions = {}): Kit {
  const { counterPath = "/api/errorAndRequestCount", statusPath = "/status", token, otherInfo } = options;
  const role = options.role ?? process.env["NARY_ROLE"];
  const quarantine = options.quarantine === true && role === "canary";
  const life = new Life();
  countStrayErrors();
  watchCosts(options);

  const source = countsSource();

  // The kit's own fields come last, so that no other field can stand in for a count.
  const counts = (total?: Total) => ({ ...readOther(otherInfo), ...countsOf(options, total) });

  const tellCounts = (response: ServerResponse, total: Total | undefined) => {
    // A gate must not take a part for the whole: what is missing may be the errors.
    if (total === undefined)
      response.writeHead(503, plain).end(lastTotal() === undefined ? noTotal : noAnswer);
    else response.writeHead(200, json).end(JSON.stringify(counts(total)));
  };

  const answerCounts = (request: IncomingMessage, response: ServerResponse) => {
    if (token !== undefined && !hasToken(request.headers.authorization, token)) {
      response.writeHead(401, { "www-authenticate": "Bearer" }).end();
      return;
    }
    if (wantsStream(request) && stream(response, source, counts)) return;
    const total = source.read();
    if (total instanceof Promise) {
      void total.then((whole) => {
        tellCounts(response, whole);
      });
    } else tellCounts(response, total);
  };

  const status = () => {
    if (life.stopping) return 404;
    return quarantine && source.errors() > 0 ? 503 : 200;
  };

  const answer = (paths: { counter: string | null; status: string | null }) =>
    function answerOwn(request: IncomingMessage, response: ServerResponse): boolean {
      const { url = "/" } = request;
      const query = url.indexOf("?");
      const path = query < 0 ? url : url.slice(0, query);
      if (path !== paths.counter && path !== paths.status) return false;
      request.resume();
      if (life.stopping) response.setHeader("connection", "close");
      if (path === paths.counter) answerCounts(request, response);
      else response.writeHead(status(), { "cache-control": "no-store" }).end();
      return true;
    };

  return {
    logServerError: serverErrorLog(options),
    counts: () => counts(),
    answer: answer({ counter: counterPath, status: statusPath }),
    stopping: () => life.stopping,
    begin: (response) => {
      life.begin(response);
    },
    listen: (where) =>
      listenForCounts(answer({ counter: counterPath ?? "/api/errorAndRequestCount", status: null }), where),
    stop: (servers, how) => life.stop(servers, how),
    stopOn: (signal, servers, how) => {
      stopOn(signal, () => life.stop(servers, how), how);
    },
  };
}

/** Fields that cannot be had are left out: the counts are there without them. */
function readOther(otherInfo: KitOptions["otherInfo"]): Record<string, unknown> {
  try {
    return otherInfo?.() ?? {};
  } catch (error) {
    process.emitWarning(`@nary/app could not read otherInfo: ${String(error)}`);
    return {};
  }
}

function wantsStream({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes("text/event-stream") === true;
}
