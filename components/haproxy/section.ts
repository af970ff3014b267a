import type { HaproxyLine } from "../../settings/haproxy-extra.ts";

/** A section of the configuration: its first line, and what belongs to it. */
export const section = (head: string, lines: readonly string[]): string =>
  [head, ...lines.map((line) => `  ${line}`)].join("\n") + "\n";

/** Lines of the user's own. Braces in them are no template. */
export const ownLines = (lines: readonly HaproxyLine[]): string[] =>
  lines.map((line) => line.replaceAll("{{", '{{ "{{" }}'));
