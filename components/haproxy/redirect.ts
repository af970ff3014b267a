import { accessLog } from "./access-log.ts";
import { plainBind } from "./bind.ts";
import type { Description } from "./description.ts";
import { section } from "./section.ts";

/** Sends plain requests on to https; the answer of a POST is a POST again. */
export function renderRedirect(haproxy: Description): string[] {
  const { service, bind, port, tls } = haproxy;
  if (tls.redirectPort === undefined) return [];
  const at = port === 443 ? "" : `:${port}`;
  return [
    section(`frontend ${service}_redirect`, [
      plainBind({ bind, port: tls.redirectPort }),
      ...(haproxy.accessLog ? accessLog(`${service}_redirect`) : []),
      "http-request deny deny_status 400 unless { req.hdr(host) -m found }",
      `http-request redirect code 308 location https://%[req.hdr(host),host_only]${at}%[pathq]`,
    ]),
  ];
}
