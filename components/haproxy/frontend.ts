import { accessLog } from "./access-log.ts";
import { plainBind, tlsBind } from "./bind.ts";
import { upstreamsOf, type Description } from "./description.ts";
import { internalRoutes } from "./internal-routes.ts";
import { isTls, nextLines, nextSections } from "./next-process.ts";
import { routes } from "./routes.ts";
import { ownLines, section } from "./section.ts";

/** What the outside reaches the services by. */
export function renderFrontend(haproxy: Description): string[] {
  const { service: name, bind, port, tls } = haproxy;
  return httpFrontend(haproxy, {
    name,
    bind,
    port,
    tls: tls.certificates.length > 0,
    routes: routes(haproxy),
  });
}

type HttpPlace = { name: string; bind: string; port: number; tls: boolean; routes: readonly string[] };

/** A frontend for HTTP: what is denied to the outside is so on each of them. */
export function httpFrontend(haproxy: Description, place: HttpPlace): string[] {
  const { tls, internalPaths, extra } = haproxy;
  const { name } = place;
  const internal = [...upstreamsOf(haproxy).map(({ counterPath }) => counterPath), ...internalPaths];
  const denied = internalRoutes(internal);
  const secure = place.tls ? [`http-request set-var(${isTls}) bool(true)`] : [];
  return [
    section(`frontend ${name}`, [
      place.tls ? tlsBind(place, tls, "http") : plainBind(place),
      "# A reload lets idle connections of clients have one more answer, instead of closing them under a request.",
      "option idle-close-on-response",
      "option forwardfor",
      ...(haproxy.accessLog ? accessLog(name) : []),
      ...secure,
      ...(place.tls ? ["http-request set-header X-Forwarded-Proto https"] : []),
      "# The counts are the gate's business, which asks the instances themselves.",
      ...denied,
      ...ownLines(extra.frontend),
      ...nextLines(haproxy, name),
      ...place.routes,
    ]),
    ...nextSections(haproxy, name, [...denied, ...secure, ...place.routes]),
  ];
}
