import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Text as one word of a shell's command line. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Writes an executable that sets variables and becomes a command. */
export async function writeScript(
  path: string,
  variables: Record<string, string>,
  command: readonly string[],
  after = "",
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const lines = ["#!/bin/sh", ...exports, `exec ${command.map(quoted).join(" ")}${after}`];
  await writeFile(path, `${lines.join("\n")}\n`, { mode: 0o755 });
}
