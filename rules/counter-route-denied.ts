import { sectionsOf, type Line, type Section } from "./haproxy-configuration.ts";
import type { Violation } from "./violation.ts";

/**
 * The counts are the gate's business. From outside they would tell what a release does, and to whom.
 *
 * @param configuration - of HAProxy, as a template or rendered
 */
export function counterRouteDenied(configuration: string, counterPaths: readonly string[]): Violation[] {
  const sections = sectionsOf(configuration);
  const backends = new Map(
    sections.filter(({ kind }) => kind === "backend").map((section) => [section.name, section]),
  );
  return sections.filter(serves).flatMap((section) =>
    counterPaths
      .filter((path) => !isDenied(section, backends, path))
      .map((path) => ({
        rule: "counter-route-denied" as const,
        what: `HAProxy's ${section.kind} ${section.name} does not deny ${path} before all else`,
        mend: "let it deny the route with `http-request deny` before other rules",
      })),
  );
}

/** A frontend that sends requests on; stats pages do not, and in what is no HTTP there are no routes. */
function serves({ kind, lines }: Section): boolean {
  if (lines.some(([word, mode]) => word === "mode" && mode === "tcp")) return false;
  return (kind === "frontend" && targetsOf(lines).length > 0) || (kind === "listen" && lines.some(isServer));
}

const isServer = ([word]: Line) => word === "server" || word === "server-template";

const targetsOf = (lines: readonly Line[]) =>
  lines.flatMap(([word, target]) =>
    (word === "default_backend" || word === "use_backend") && target !== undefined ? [target] : [],
  );

function isDenied(section: Section, backends: ReadonlyMap<string, Section>, path: string): boolean {
  if (denies(section.lines, path)) return true;
  const targets = targetsOf(section.lines).map((name) => backends.get(name));
  return targets.length > 0 && targets.every((target) => target !== undefined && denies(target.lines, path));
}

/** Whether a request for the path gets to a rule that denies it, whatever else there is about the request. */
function denies(lines: readonly Line[], path: string): boolean {
  for (const [word, action, ...rest] of lines) {
    if (word !== "http-request") continue;
    if (action === "allow") return false;
    if (action === "deny" && holds(conditionOf(rest), lines, path)) return true;
  }
  return false;
}

/** Words after `if`; undefined where it is unconditional or says `unless`. */
function conditionOf(words: Line): Line | undefined {
  const at = words.indexOf("if");
  return at === -1 ? undefined : words.slice(at + 1);
}

/** One name, since of more than one each would have to hold. `or` begins another. */
function holds(condition: Line | undefined, lines: readonly Line[], path: string): boolean {
  return alternativesOf(condition ?? []).some(
    ([name, ...more]) =>
      more.length === 0 &&
      lines.some(([word, acl, ...test]) => word === "acl" && acl === name && matches(test, path)),
  );
}

function alternativesOf(words: Line): Line[] {
  const or = words.findIndex((word) => word === "||" || word.toLowerCase() === "or");
  return or === -1 ? [words] : [words.slice(0, or), ...alternativesOf(words.slice(or + 1))];
}

/** Whether the test of an acl, a fetch of the path with flags and patterns, is true of the path. */
function matches([fetch = "", ...words]: Line, path: string): boolean {
  const suffix = /^path(?:_(beg|reg))?(?:,url_dec(?:\(\d\))?)?$/.exec(fetch);
  if (suffix === null) return false;
  const method = words[words.indexOf("-m") + 1] ?? "";
  const how = suffix[1] ?? (words.includes("-m") ? method : "str");
  const patterns = words.filter((word, at) => !/^-\w$/.test(word) && words[at - 1] !== "-m");
  const flags = words.includes("-i") ? "i" : "";
  switch (how) {
    case "str":
      return patterns.includes(path);
    case "beg":
      return patterns.some((pattern) => path.startsWith(pattern));
    case "reg":
      return patterns.some((pattern) => expression(pattern, flags)?.test(path) === true);
    default:
      return false;
  }
}

/** What only HAProxy's own library can read proves nothing. */
function expression(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}
