import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { endRequest, newRequest } from "./counts/request.ts";
import type { Kit } from "./kit.ts";
import { state, type RequestState } from "./state.ts";

/** Where a request has what the kit knows of it; the same one for each copy of the kit. */
export const followed = Symbol.for("@nary/app/request");

const timed = Symbol("timed");

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
  const counted = (request[followed] = newRequest(response));
  kit.begin(response);
  // Node tells of a body in the context of its connection, which knows no request.
  if (request.method !== "GET" && request.method !== "HEAD") tellInContext(request, counted);
  // It follows the end of an answer, too; one listener a request is half of what two take.
  response.on("close", () => {
    if (response.writableFinished) endRequest(counted, { type: "finished", status: response.statusCode });
    else endRequest(counted, { type: "closed" });
  });
  endInTime(request.socket);
  return counted;
}

/** Ends the requests of a connection that times out. */
function endInTime(socket: Socket & { [timed]?: true }): void {
  if (socket[timed] === true) return;
  socket[timed] = true;
  // Of the socket, since a listener of the response's own "timeout" would keep Node from ending it.
  socket.on("timeout", () => {
    for (const [request, response] of state().open)
      if (response?.req.socket === socket) endRequest(request, { type: "timed out" });
  });
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
