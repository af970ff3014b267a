import type { Description } from "./description.ts";
import { page } from "./page.ts";
import { ownLines, section } from "./section.ts";
import { milliseconds } from "./units.ts";

export function renderDefaults({ timeouts, limits, extra }: Description): string {
  return section("defaults", [
    "mode http",
    "log global",
    "option dontlognull",
    "load-server-state-from-file global",
    `timeout connect ${milliseconds(timeouts.connectSeconds)}`,
    `timeout client ${milliseconds(timeouts.clientSeconds)}`,
    `timeout server ${milliseconds(timeouts.serverSeconds)}`,
    `timeout queue ${milliseconds(timeouts.queueSeconds)}`,
    "timeout check 1s",
    `timeout http-request ${milliseconds(timeouts.httpRequestSeconds)}`,
    `timeout http-keep-alive ${milliseconds(timeouts.keepAliveSeconds)}`,
    `timeout tunnel ${milliseconds(timeouts.tunnelSeconds)}`,
    ...(limits.serverConnections === undefined ? [] : [`default-server maxconn ${limits.serverConnections}`]),
    `http-error status 503 content-type "text/html; charset=utf-8" hdr cache-control no-store file ${page}`,
    ...ownLines(extra.defaults),
  ]);
}
