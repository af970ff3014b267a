import type { UrlPath } from "../../settings/names.ts";

/**
 * Conditions of HAProxy that hold for the counter route, however it is written: services take `//`, a trailing slash,
 * capitals, percent-encoding and dot segments for the same route. The second one is for dot segments, which only
 * someone who goes round the first one sends.
 */
export function counterRoute(path: UrlPath): string[] {
  const names = path.split("/").filter((name) => name !== "");
  const separator = String.raw`[/\\]+`;
  const pattern = names.map((name) => separator + literal(name)).join("");
  const last = names.slice(-1).map(literal).join("");
  return [
    acl("counter", `^${pattern}([/\\\\;].*)?$`),
    acl("counter_name", `${last}[/\\\\]*(;.*)?$`),
    acl("dot_segment", String.raw`[/\\]\.\.?([/\\]|$)`),
  ];
}

const acl = (name: string, pattern: string) => `acl ${name} path,url_dec -i -m reg '${pattern}'`;

const literal = (name: string) => name.replaceAll(".", String.raw`\.`);
