import { guarded } from "../errors/guarded.ts";
import { logTo, type Logger } from "../errors/sinks.ts";
import { reportOf } from "../cost/report.ts";
import { stalledBy, stallReportOf } from "../lag/stalled.ts";
import { watchEventLoop, type Stall } from "../lag/watch.ts";
import { hookOnce, state, type RequestState } from "../state.ts";
import { costAlert, stallAlert, type Alert } from "./alert.ts";
import { checkLimits, exceededBy, limitsBy, type LimitOptions, type Limits } from "./limits.ts";
import { OnceIn } from "./once-in.ts";

export type CostOptions = LimitOptions & {
  logger?: Logger;
  /** Gets one alert a route and kind in each period; `webhookAlerts`, `slackAlerts`, or any function. */
  alert?: (alert: Alert) => unknown;
  /** Seconds from an alert to the next of the same route and kind; 3,600 unless given. */
  alertSeconds?: number;
  /** Seconds from a log of a request's cost to the next of the same route and kind; 60 unless given. */
  costLogSeconds?: number;
  /** Milliseconds of a stall of the event loop from which it is logged; 1,000 unless given. */
  stallMs?: number;
};

/**
 * From now on, once in a process: logs each request that costs more than its limits, and each stall of the event loop,
 * and tells the team that owns the route.
 *
 * @throws TypeError for a limit that is none
 */
export function watchCosts(options: CostOptions): void {
  checkLimits(options);
  const now = state();
  if (!hookOnce(now.enders)) return;
  const { stallMs = 1_000 } = options;
  const pass = passing(options);
  const limitsOf = limitsBy(options);
  now.enders.add((request) => {
    if (request.cost !== undefined)
      guarded(() => {
        tellCost(request, limitsOf(request), pass);
      });
  });
  watchEventLoop(stallMs, (stall) => {
    guarded(() => {
      tellStall(stall, pass);
    });
  });
}

/** Logs and alerts, neither more often than they may. */
type Pass = (kind: string, alertOf: (heldBack: number) => Alert) => void;

function passing({ logger, alert, alertSeconds = 3_600, costLogSeconds = 60 }: CostOptions): Pass {
  const logs = new OnceIn(costLogSeconds * 1_000);
  const alerts = new OnceIn(alertSeconds * 1_000);
  return (kind, alertOf) => {
    const now = performance.now();
    const heldBack = logs.pass(kind, now);
    if (logger !== undefined && heldBack !== undefined) {
      const { text, report } = alertOf(heldBack);
      guarded(() => {
        logTo(logger, text, { ...report, heldBack }, "warn");
      });
    }
    const unsent = alerts.pass(kind, now);
    // What an alert asks for is no cost of the request.
    if (alert !== undefined && unsent !== undefined)
      state().requests.exit(() => {
        guarded(() => alert(alertOf(unsent)));
      });
  };
}

function tellCost(request: RequestState, limits: Limits, pass: Pass): void {
  if (request.cost === undefined) return;
  const exceeded = exceededBy(request.cost, limits);
  if (exceeded.length === 0) return;
  const kind = JSON.stringify([request.route, ...exceeded.map(({ metric }) => metric)]);
  pass(kind, (heldBack) => costAlert(reportOf(request), exceeded, heldBack));
}

function tellStall(stall: Stall, pass: Pass): void {
  const requests = stalledBy(stall);
  const kind = JSON.stringify(["stall", requests[0]?.route]);
  pass(kind, (heldBack) => stallAlert(stallReportOf(stall, requests), heldBack));
}
