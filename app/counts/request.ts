import type { ServerResponse } from "node:http";
import { state, type RequestEnd, type RequestState } from "../state.ts";

/** Enough for those that a stall kept waiting and that ended before it was seen. */
const mostEnded = 100;

/** A request that begins; whoever answers it works inside `state().requests.run(request, …)`, and ends it. */
export function newRequest(response?: ServerResponse): RequestState {
  const start = performance.now();
  const request: RequestState = {
    route: undefined,
    area: undefined,
    team: undefined,
    failed: false,
    done: false,
    start,
    active: start,
    end: undefined,
    cost: undefined,
  };
  state().open.set(request, response);
  return request;
}

/** Counts a request, at the first of its ends and at no later one. */
export function endRequest(request: RequestState, end: RequestEnd): void {
  if (request.done) return;
  request.done = true;
  request.end = performance.now();
  const now = state();
  now.open.delete(request);
  now.ended[now.requestCount % mostEnded] = request;
  now.requestCount += 1;
  if (hasFailed(request, end)) now.failedRequests += 1;
  for (const listener of now.listeners) listener();
  for (const ender of now.enders) ender(request, end);
}

export function hasFailed({ failed }: RequestState, end: RequestEnd): boolean {
  return failed || failedBy(end);
}

function failedBy(end: RequestEnd): boolean {
  switch (end.type) {
    case "finished":
      return end.status >= 500;
    case "closed":
      return false;
    case "timed out":
      return true;
  }
}

/** Says who owns the request that is served now, once the framework knows it. Without a request it does nothing. */
export function describeRequest(about: { route?: string; area?: string; team?: string }): void {
  const request = state().requests.getStore();
  if (request !== undefined) Object.assign(request, about);
}
