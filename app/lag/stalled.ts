import { reportOf, type CostReport } from "../cost/report.ts";
import { state, type RequestState } from "../state.ts";
import type { Stall } from "./watch.ts";

/** Requests that a report has; more would hide those that matter. */
const mostRequests = 20;

export type StallReport = {
  stallMs: number;
  cpuMs: number;
  /** Requests that were open during the stall. */
  open: number;
  /** Their costs so far, the most recently active first: that one most probably computed. */
  requests: CostReport[];
};

/** Whose requests were open during a stall. */
export function stalledBy(stall: Stall): RequestState[] {
  const { open, ended } = state();
  const wasOpen = ({ start, end }: RequestState) =>
    start <= stall.to && (end === undefined || end >= stall.from);
  return [...ended, ...open.keys()].filter(wasOpen).sort((one, other) => other.active - one.active);
}

export function stallReportOf(stall: Stall, requests: readonly RequestState[]): StallReport {
  return {
    stallMs: Math.round(stall.ms),
    cpuMs: Math.round(stall.cpuMs),
    open: requests.length,
    requests: requests.slice(0, mostRequests).map((request) => reportOf(request, stall.to)),
  };
}
