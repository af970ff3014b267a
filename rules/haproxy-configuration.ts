/** Words of one line of HAProxy's configuration. */
export type Line = readonly string[];

export type Section = { kind: string; name: string; lines: Line[] };

const kinds: ReadonlySet<string> = new Set([
  "global",
  "defaults",
  "frontend",
  "backend",
  "listen",
  "resolvers",
  "peers",
  "userlist",
  "cache",
  "program",
  "http-errors",
  "ring",
]);

/** The sections of a configuration, as far as they are no template. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  for (const line of text.split("\n").map(wordsOf)) {
    const [kind, name] = line;
    if (kind === undefined) continue;
    if (kinds.has(kind)) sections.push({ kind, name: name ?? "", lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/** As HAProxy reads a line: quotes keep a word together, `#` begins a comment. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [found, single, double] of line.matchAll(
    /#.*$|'([^']*)'|"((?:[^"\\]|\\.)*)"|(?:[^\s'"\\]|\\.)+/g,
  )) {
    if (found.startsWith("#")) break;
    words.push(single ?? double ?? found.replace(/\\(.)/g, "$1"));
  }
  return words;
}
