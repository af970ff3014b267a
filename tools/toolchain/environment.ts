import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { isInside, pathFolders } from "./path.ts";
import type { Tool } from "./spec.ts";

const root = join(import.meta.dirname, "..", "..");

/** A folder with the project's Node and nothing else, where npm serves one; else the running Node's. */
function nodeFolder(): string {
  const own = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin");
  return existsSync(join(own, "node")) ? own : dirname(process.execPath);
}

/**
 * The environment for child processes. In front stand folders that hold one program each, so nothing of the user's is
 * hidden. The user's own tools stay where they are on PATH; a folder that is not there yet goes to the end. An official
 * plugin needs no PATH: Pulumi finds it in its own home.
 */
export function environmentFor(
  tools: readonly Tool[],
  base: NodeJS.ProcessEnv,
  cache: string,
  node: string = nodeFolder(),
): NodeJS.ProcessEnv {
  const ours = tools
    .filter(({ from }) => from === "cache" || from === "built")
    .map(({ path }) => dirname(path));
  const theirs = tools
    .filter(({ from }) => from === "path" || from === "apt")
    .map(({ path }) => dirname(path));
  // A drop-in that an outer run put there must not stand before the official plugin that is there by now.
  const given = pathFolders(base).filter((folder) => !isInside(cache, folder));
  const folders = new Set([node, ...ours, ...given, ...theirs]);
  return { ...base, PATH: [...folders].join(delimiter) };
}
