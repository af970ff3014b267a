/** Text from outside on one line of Markdown, as it is: nothing in it is a format, a link, a mention or HTML. */
export function plain(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*_[\]<>|~&$]/g, "\\$&")
    .replaceAll(/:(?=\S)/g, "\\:");
}

/** The same as code, also in a table. */
export function code(text: string): string {
  const line = oneLine(text).replaceAll("|", "\\|");
  if (line === "") return "";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Rows of a table whose first row is the head. The cells are Markdown already. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rest.map(line)].join("\n");
}

const oneLine = (text: string) => text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
