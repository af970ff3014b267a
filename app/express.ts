import type { IncomingMessage, ServerResponse } from "node:http";
import { describeRequest } from "./counts/request.ts";
import { learnRoutes } from "./frameworks/express-route.ts";
import { answerTo } from "./frameworks/thrown.ts";
import { follow, followed } from "./http.ts";
import type { Kit } from "./kit.ts";
import { state, type RequestState } from "./state.ts";

type ExpressRequest = IncomingMessage & { [followed]?: RequestState };
type Next = (error?: unknown) => void;

/**
 * Middleware that comes before all other: it answers the kit's own routes, and counts what the app answers. The route
 * of a request, such as `GET /classes/:id`, is known from when Express finds it.
 *
 * @example app.use(nary(kit));
 */
export function nary(kit: Kit) {
  return function countRequest(request: ExpressRequest, response: ServerResponse, next: Next): void {
    if (kit.answer(request, response)) return;
    const counted = follow(kit, request, response);
    learnRoutes(request);
    state().requests.run(counted, next);
  };
}

/**
 * Middleware that says whose the routes after it are: of a router, which is mounted at a path of its own, or of one
 * route.
 *
 * @example classes.use(owner({ area: "classes", team: "core" }));
 */
export function owner(whose: { area?: string; team?: string }) {
  return function describeOwner(_request: unknown, _response: unknown, next: Next): void {
    describeRequest(whose);
    next();
  };
}

/**
 * Middleware that comes after all other: answers what handlers threw, by its type, and logs what has to be fixed here.
 *
 * @example app.use(errorHandler(kit));
 */
export function errorHandler(kit: Kit) {
  return function answerError(
    thrown: unknown,
    request: ExpressRequest,
    response: ServerResponse,
    next: Next,
  ): void {
    const { status, message } = answerTo(kit, thrown, request[followed]);
    if (response.headersSent) {
      // Express ends the connection, so that the client does not take the half of an answer for the whole.
      next(thrown);
      return;
    }
    for (const name of response.getHeaderNames()) if (isOfBody.test(name)) response.removeHeader(name);
    response.statusCode = status;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ error: message }));
  };
}

/** Headers of the answer that there would have been. */
const isOfBody = /^(content-.*|transfer-encoding|etag|last-modified|cache-control)$/;
