import { channel, subscribe } from "node:diagnostics_channel";
import { boundedCache } from "./cost/bounded-cache.ts";
import { addItems, beginQuery, endQuery, type OpenQuery } from "./cost/query.ts";
import { hookOnce, state } from "./state.ts";

const database = "upstream";
/** Hosts whose lists of tables are kept ready. */
const mostHosts = 1_000;

/**
 * Books what is fetched from other services with the request that it is fetched for: by the global `fetch`, and by any
 * copy of undici. Each host is a table of the database `upstream`, each response an item. Paths, queries and headers are
 * not looked at. Once a process.
 *
 * @example instrumentUpstreams();
 */
export function instrumentUpstreams(): void {
  if (!hookOnce(channel("undici:request:create"))) return;
  const { requests } = state();
  const sent = new WeakMap<object, OpenQuery>();
  const hosts = boundedCache<readonly string[]>(mostHosts);
  const tablesOf = (origin: string) => {
    const known = hosts.get(origin);
    if (known !== undefined) return known;
    const tables = [URL.parse(origin)?.host ?? "unknown"];
    hosts.set(origin, tables);
    return tables;
  };

  subscribe("undici:request:create", (message) => {
    if (requests.getStore() === undefined) return;
    const request = requestOf(message);
    if (request === undefined) return;
    const open = beginQuery({ database, tables: tablesOf(originOf(request)) });
    if (open !== undefined) sent.set(request, open);
  });
  const onSent = (name: string, book: (open: OpenQuery) => void) => {
    subscribe(name, (message) => {
      const request = requestOf(message);
      const open = request && sent.get(request);
      if (open !== undefined) book(open);
    });
  };
  // Its body may never be read to its end. What comes before the final headers has headers too.
  onSent("undici:request:headers", (open) => {
    if (open.items === 0) addItems(open, 1);
  });
  onSent("undici:request:trailers", (open) => {
    endQuery(open, 0);
  });
  onSent("undici:request:error", (open) => {
    endQuery(open, 0);
  });
}

function requestOf(message: unknown): object | undefined {
  if (typeof message !== "object" || message === null || !("request" in message)) return undefined;
  return typeof message.request === "object" && message.request !== null ? message.request : undefined;
}

function originOf(request: object): string {
  if (!("origin" in request)) return "";
  return typeof request.origin === "string" || request.origin instanceof URL ? String(request.origin) : "";
}
