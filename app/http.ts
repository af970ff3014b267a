import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { endRequest, newRequest } from "./counts/request.ts";
import type { Kit } from "./kit.ts";
import { state, type RequestState } from "./state.ts";

/**
 * A handler for `createServer` that answers the kit's own routes, and counts what the service's handler answers.
 *
 * @example createServer(serve(kit, (request, response) => response.end("hello")))
 */
export function serve(kit: Kit, handler: RequestListener): RequestListener {
  return (request, response) => {
    if (kit.answer(request, response)) return;
    const counted = follow(kit, request, response);
    state().requests.run(counted, () => {
      handler(request, response);
    });
  };
}

/** Counts a request when its response comes to an end, whichever comes first. */
export function follow(kit: Kit, request: IncomingMessage, response: ServerResponse): RequestState {
  const counted = newRequest();
  if (kit.stopping()) response.setHeader("connection", "close");
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
    endRequest(counted, { type: "closed" });
  });
  request.once("error", () => undefined);
  return counted;
}
