import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { endRequest, newRequest } from "./counts/request.ts";
import type { Kit } from "./kit.ts";
import { state, type RequestState } from "./state.ts";

/** Where a request has what the kit knows of it; the same one for each copy of the kit. */
export const followed = Symbol.for("@nary/app/request");

type Followed = { [followed]?: RequestState };

/**
 * A handler for `createServer` that answers the kit's own routes, and counts what the service's handler answers.
 *
 * @example createServer(serve(kit, (request, response) => response.end("hello")))
 */
export function serve(kit: Kit, handler: RequestListener): RequestListener {
  return (request, response) => {
    if (kit.answer(request, response)) return;
    const counted = follow(kit, request, response);
    state().requests.run(counted, handler, request, response);
  };
}

/**
 * Counts a request when its response comes to an end, whichever comes first; one that is followed already is not
 * counted again. Whoever answers it works inside `state().requests.run(…)` with what this returns.
 */
export function follow(
  kit: Kit,
  request: IncomingMessage & Followed,
  response: ServerResponse,
): RequestState {
  const already = request[followed];
  if (already !== undefined) return already;
  const counted = (request[followed] = newRequest());
  kit.life.begin(response);
  // Node tells of a body in the context of its connection, which knows no request.
  if (request.method !== "GET" && request.method !== "HEAD") tellInContext(request, counted);
  response.once("finish", () => {
    endRequest(counted, { type: "finished", status: response.statusCode });
  });
  // Of the socket, since a listener of the response's own "timeout" would keep Node from ending it.
  const { socket } = request;
  const onTimeout = () => {
    endRequest(counted, { type: "timed out" });
  };
  socket.once("timeout", onTimeout);
  response.once("close", () => {
    socket.off("timeout", onTimeout);
    kit.life.end(response);
    endRequest(counted, { type: "closed" });
  });
  request.once("error", () => undefined);
  return counted;
}

function tellInContext(request: IncomingMessage, counted: RequestState): void {
  const { requests } = state();
  const emit = request.emit.bind(request);
  Object.defineProperty(request, "emit", {
    configurable: true,
    writable: true,
    value: (name: string, ...event: readonly unknown[]) => requests.run(counted, () => emit(name, ...event)),
  });
}
