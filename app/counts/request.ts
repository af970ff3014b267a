import { state, type RequestState } from "../state.ts";

/** A request that begins; whoever answers it works inside `state().requests.run(request, …)`. */
export function newRequest(): RequestState {
  return { route: undefined, area: undefined, team: undefined, failed: false, done: false };
}

/** How a request came to its end. */
export type RequestEnd =
  /** Answered in full. */
  | { type: "finished"; status: number }
  /** The client went away before that, which is no failure of this service. */
  | { type: "closed" }
  /** The service did not answer in time. */
  | { type: "timed out" };

/** Counts a request, at the first of its ends and at no later one. */
export function endRequest(request: RequestState, end: RequestEnd): void {
  if (request.done) return;
  request.done = true;
  const now = state();
  now.requestCount += 1;
  if (request.failed || failedBy(end)) now.failedRequests += 1;
  for (const listener of now.listeners) listener();
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
