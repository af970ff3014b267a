import { cacheFolder } from "../shared/cache-folder.mjs";
import { ensure } from "./ensure.ts";
import { environmentFor } from "./environment.ts";
import type { Tool as AnyTool } from "./spec.ts";
import { specs, type ToolName } from "./tools.ts";

export { ToolchainError } from "./error.ts";
export type { ToolName } from "./tools.ts";
export type Tool = AnyTool<ToolName>;

/** All but PostgreSQL, which only one of the demo's apps needs. */
export const allTools: readonly ToolName[] = specs
  .map(({ name }) => name)
  .filter((name) => name !== "postgres");

/** What a Pulumi program of this project needs to run. */
export const pulumiTools = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-nomad",
  "pulumi-resource-consul",
  "pulumi-resource-docker",
] as const;

function say(line: string): void {
  process.stderr.write(`tools: ${line}\n`);
}

/** Ensures the tools and returns them; progress goes to stderr. Throws ToolchainError. */
export function ensureTools(names: readonly ToolName[]): Promise<Tool[]> {
  const wanted = specs.filter(({ name }) => names.includes(name));
  return ensure<ToolName>(wanted, {
    environment: process.env,
    cache: cacheFolder(),
    isRoot: process.getuid?.() === 0,
    say,
  });
}

/** The environment for child processes: PATH starts with the tools and the project's Node; everything else as given. */
export function toolEnvironment(
  tools: readonly Tool[],
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return environmentFor(tools, base, cacheFolder());
}
