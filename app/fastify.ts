import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { answerTo } from "./frameworks/thrown.ts";
import { follow, followed } from "./http.ts";
import type { Kit } from "./kit.ts";
import { state, type RequestState } from "./state.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Product area of a route. */
    area?: string;
    /** Team that owns it. */
    team?: string;
  }
}

/**
 * A plugin that answers the kit's own routes, and counts what the app answers; to be registered before all routes.
 * Whose a route is stands in its `config`.
 *
 * @example
 * app.register(nary(kit));
 * app.get("/classes/:id", { config: { area: "classes", team: "core" } }, (request) => …);
 */
export function nary(kit: Kit) {
  function countRequests(app: FastifyInstance, _options: unknown, done: () => void): void {
    app.addHook("onRequest", (request, reply, next) => {
      if (kit.answer(request.raw, reply.raw)) {
        reply.hijack();
        return;
      }
      const counted = follow(kit, request.raw, reply.raw);
      const { url, config } = request.routeOptions;
      if (url !== undefined) counted.route = `${request.method} ${url}`;
      counted.area ??= config.area;
      counted.team ??= config.team;
      state().requests.run(counted, next);
    });
    done();
  }
  // What fastify-plugin does: the hook is one of the whole app, and not only of what the plugin itself declares.
  return Object.assign(countRequests, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "@nary/app",
  });
}

/**
 * Answers what handlers threw, by its type, and logs what has to be fixed here.
 *
 * @example app.setErrorHandler(errorHandler(kit));
 */
export function errorHandler(kit: Kit) {
  return function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const raw: FastifyRequest["raw"] & { [followed]?: RequestState } = request.raw;
    const { status, message } = answerTo(kit, thrown, raw[followed]);
    void reply.code(status).send({ error: message });
  };
}
