import type { Tool } from "./toolchain/index.ts";

/** A row a tool, the columns as wide as they need to be. */
export function table(tools: readonly Tool[]): string {
  const rows = [
    ["NAME", "VERSION", "FROM", "PATH"] as const,
    ...tools.map(({ name, version, from, path }) => [name, version, from, path] as const),
  ];
  const width = (column: 0 | 1 | 2) => Math.max(...rows.map((row) => row[column].length));
  const widths = [width(0), width(1), width(2)] as const;
  return rows
    .map(([name, version, from, path]) =>
      [name.padEnd(widths[0]), version.padEnd(widths[1]), from.padEnd(widths[2]), path].join("  "),
    )
    .join("\n");
}
