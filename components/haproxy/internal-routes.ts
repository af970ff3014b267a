import type { UrlPath } from "../../settings/names.ts";

/**
 * Rules of HAProxy that deny routes to the outside, however they are written: services take `//`, a trailing slash,
 * capitals, percent-encoding and dot segments for the same route. The second condition is for dot segments, which only
 * someone who goes round the first one sends.
 */
export function internalRoutes(paths: readonly UrlPath[]): string[] {
  return [
    ...[...new Set(paths)].flatMap(conditions),
    acl("dot_segment", String.raw`[/\\]\.\.?([/\\]|$)`),
    "http-request deny deny_status 403 if internal",
    "http-request deny deny_status 403 if internal_name dot_segment",
  ];
}

function conditions(path: UrlPath): string[] {
  const names = path.split("/").filter((name) => name !== "");
  const separator = String.raw`[/\\]+`;
  const pattern = names.map((name) => separator + literal(name)).join("");
  const last = names.slice(-1).map(literal).join("");
  return [acl("internal", `^${pattern}([/\\\\;].*)?$`), acl("internal_name", `${last}[/\\\\]*(;.*)?$`)];
}

const acl = (name: string, pattern: string) => `acl ${name} path,url_dec -i -m reg -- '${pattern}'`;

const literal = (name: string) => name.replaceAll(".", String.raw`\.`);
