import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { entryOf, isIntact } from "./entry.ts";
import { sourceKey } from "./key.ts";
import { askVersion, findOnPath, isExecutable, pathFolders } from "./path.ts";
import type { Surroundings, Tool, ToolSpec } from "./spec.ts";
import { formatVersion, parseVersion } from "./version.ts";

function official<Name extends string>(
  spec: ToolSpec<Name>,
  environment: NodeJS.ProcessEnv,
): Tool<Name> | undefined {
  if (spec.officialPlugin === undefined) return undefined;
  const home = environment["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const path = join(home, "plugins", spec.officialPlugin, spec.name);
  return isExecutable(path) ? { name: spec.name, version: spec.version, path, from: "official" } : undefined;
}

/** The user's own, if it fits. Only the first on PATH counts, being what the user would run. */
export async function ownTool<Name extends string>(
  spec: ToolSpec<Name>,
  surroundings: Surroundings,
): Promise<Tool<Name> | undefined> {
  const { environment, cache } = surroundings;
  const { name, onPath, source } = spec;
  const folders = [...pathFolders(environment), ...(source.kind === "system" ? source.folders : [])];
  if (onPath.kind === "part-of") {
    const whole = await ownTool(onPath.whole, surroundings);
    if (whole === undefined) return undefined;
    const path = findOnPath(name, [...folders, dirname(realpathSync(whole.path))], cache);
    return path === undefined ? undefined : { name, version: whole.version, path, from: "path" };
  }
  const path = findOnPath(name, folders, cache);
  if (path === undefined) return undefined;
  const version = parseVersion(await askVersion(path, onPath.ask, environment));
  if (version === undefined || !onPath.fits(version)) return undefined;
  return { name, version: formatVersion(version), path, from: "path" };
}

/** The tool, if it is on this machine already. */
export async function locate<Name extends string>(
  spec: ToolSpec<Name>,
  surroundings: Surroundings,
): Promise<Tool<Name> | undefined> {
  return (
    official(spec, surroundings.environment) ??
    (await ownTool(spec, surroundings)) ??
    (await cached(spec, surroundings))
  );
}

async function cached<Name extends string>(
  spec: ToolSpec<Name>,
  { cache }: Surroundings,
): Promise<Tool<Name> | undefined> {
  const { name, version, source } = spec;
  if (source.kind !== "go") return undefined;
  const entry = entryOf(cache, spec, sourceKey(source));
  return (await isIntact(entry)) ? { name, version, path: entry.binary, from: "cache" } : undefined;
}
