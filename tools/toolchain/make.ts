import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../shared/lock.mjs";
import { aptInstall } from "./apt.ts";
import { entryOf, fill, isIntact } from "./entry.ts";
import { ToolchainError } from "./error.ts";
import { goBuild } from "./go-build.ts";
import { sourceKey } from "./key.ts";
import { ownTool } from "./locate.ts";
import type { GoSource, Surroundings, SystemSource, Tool, ToolSpec } from "./spec.ts";

function lockOn(what: string, key: string, { cache, say }: Surroundings) {
  return {
    folder: join(cache, "locks"),
    name: key,
    onWait: (pid: number) => {
      say(`waiting for process ${pid}, which is making ${what}`);
    },
  };
}

/** Builds the tool into the cache, unless another run has done so by the time it is our turn. */
async function build<Name extends string>(
  spec: ToolSpec<Name>,
  source: GoSource,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Tool<Name>> {
  const { name, version } = spec;
  const key = sourceKey(source);
  const entry = entryOf(surroundings.cache, spec, key);
  const logs = join(surroundings.cache, "logs");
  const log = join(logs, `${name}-${version}-${key}.log`);
  return withLock(lockOn(`${name} ${version}`, `${name}-${key}`, surroundings), async () => {
    if (await isIntact(entry)) return { name, version, path: entry.binary, from: "cache" };
    await mkdir(logs, { recursive: true });
    await fill(entry, (binary, scratch) =>
      goBuild({ title: `${name} ${version}`, source, binary, scratch, log, signal }, surroundings),
    );
    await rm(log);
    return { name, version, path: entry.binary, from: "built" };
  });
}

async function install<Name extends string>(
  spec: ToolSpec<Name>,
  source: SystemSource,
  surroundings: Surroundings,
): Promise<Tool<Name>> {
  return withLock(lockOn(spec.name, `apt-${source.package}`, surroundings), async () => {
    const before = await ownTool(spec, surroundings);
    if (before !== undefined) return before;
    await aptInstall(source.package, surroundings);
    const after = await ownTool(spec, surroundings);
    if (after === undefined) {
      throw new ToolchainError(
        "install-failed",
        `apt-get installed ${source.package}, but no ${spec.name} ${spec.version} or newer is there; install it yourself`,
      );
    }
    return { ...after, from: "apt" };
  });
}

/** Makes a tool that is not on this machine yet. */
export function make<Name extends string>(
  spec: ToolSpec<Name>,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Tool<Name>> {
  switch (spec.source.kind) {
    case "go":
      return build(spec, spec.source, surroundings, signal);
    case "system":
      return install(spec, spec.source, surroundings);
  }
}
