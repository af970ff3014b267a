import { state, type State } from "../state.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { guarded } from "./guarded.ts";
import { logTo, type Logger, type Metrics } from "./sinks.ts";
import { countsAsError, isAppError } from "./taxonomy.ts";

/** Kinds of errors that are kept for the counter route; the one that was silent longest goes first. */
const mostRecent = 20;
const mostMessage = 200;
/** A cause may be its own. */
const mostCauses = 5;

export type ErrorSinks = {
  logger?: Logger;
  metrics?: Metrics;
  /** Name of the metric; `serverError` unless given. */
  metric?: string;
};

export type ErrorDetails = {
  error: unknown;
  /** Whose code it is; what the error itself says, else what the request says. */
  area?: string;
  team?: string;
  [detail: string]: unknown;
};

/**
 * Makes the function by which a service says that something has to be fixed here: it counts, increments a metric and
 * logs. Client errors, expected outcomes and recovered failures are logged by whoever wants them; they do not count.
 */
export function serverErrorLog({ logger, metrics, metric = "serverError" }: ErrorSinks = {}) {
  return function logServerError(details: ErrorDetails): void {
    const { error, ...rest } = details;
    if (!countsAsError(error)) return;
    const kept = countError(error);
    const owner = {
      ...ownerOf(state()),
      ...ownerIn(error),
      ...rest,
    };
    // A log or a metric that fails must not become another error of the request.
    guarded(() => metrics?.increment(metric));
    guarded(() => {
      if (logger !== undefined)
        logTo(logger, kept.message, { error, ...stackIn(error), fingerprint: kept.fingerprint, ...owner });
    });
  };
}

/** As a text: in JSON, as loggers write it, an error has neither message nor stack. */
function stackIn(error: unknown): { stack?: string } {
  return error instanceof Error ? { stack: stackOf(error, mostCauses) } : {};
}

function stackOf({ stack, message, cause }: Error, causes: number): string {
  const own = stack ?? message;
  return cause instanceof Error && causes > 0 ? `${own}\ncaused by ${stackOf(cause, causes - 1)}` : own;
}

/** Counts an error without logging it. */
export function countError(thrown: unknown): { fingerprint: string; message: string } {
  const now = state();
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const fingerprint = fingerprintOf(error);
  const message = error.message.slice(0, mostMessage);
  now.errorCount += 1;
  const before = now.recentErrors.get(fingerprint);
  now.recentErrors.delete(fingerprint);
  now.recentErrors.set(fingerprint, {
    fingerprint,
    message,
    count: (before?.count ?? 0) + 1,
    at: new Date().toISOString(),
  });
  const oldest = now.recentErrors.keys().next();
  if (now.recentErrors.size > mostRecent && oldest.done !== true) now.recentErrors.delete(oldest.value);
  const request = now.requests.getStore();
  if (request !== undefined) request.failed = true;
  for (const listener of now.listeners) listener();
  return { fingerprint, message };
}

function ownerOf({ requests }: State): Record<string, unknown> {
  const request = requests.getStore();
  return request === undefined ? {} : { route: request.route, area: request.area, team: request.team };
}

function ownerIn(error: unknown): Record<string, unknown> {
  if (!isAppError(error) || error.type === "ExpectedOutcome") return {};
  const { area, team } = error;
  return { ...(area === undefined ? {} : { area }), ...(team === undefined ? {} : { team }) };
}
