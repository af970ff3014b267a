import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { canInstall, commandFor } from "./apt.ts";
import { ToolchainError } from "./error.ts";
import { findOnPath, pathFolders } from "./path.ts";
import type { Surroundings, ToolSpec } from "./spec.ts";
import { compareVersions, formatVersion, parseVersion } from "./version.ts";

const run = promisify(execFile);
const goEnvironment = z.object({ GOVERSION: z.string(), GOTOOLCHAIN: z.string() });

/** The oldest Go that a module's go.mod allows. */
function neededGo(module: string): string {
  return /^go (\S+)$/m.exec(readFileSync(join(module, "go.mod"), "utf8"))?.[1] ?? "1.21";
}

function newest(versions: readonly string[]): string {
  const parsed = versions.map(parseVersion).filter((version) => version !== undefined);
  const [first] = parsed.sort(compareVersions).reverse();
  return first === undefined ? "1.21.0" : formatVersion(first);
}

/** Why this Go will not do; undefined when it will. From 1.21 on Go fetches a newer self, unless told not to. */
async function goProblem(needed: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (findOnPath("go", pathFolders(environment)) === undefined) return "none is on PATH";
  const { stdout } = await run("go", ["env", "-json", "GOVERSION", "GOTOOLCHAIN"], {
    env: environment,
    cwd: "/",
  });
  const go = goEnvironment.parse(JSON.parse(stdout));
  const have = parseVersion(go.GOVERSION);
  const want = parseVersion(needed);
  if (have === undefined || want === undefined || compareVersions(have, want) >= 0) return undefined;
  const fetches = go.GOTOOLCHAIN !== "local" && (have.major > 1 || have.minor >= 21);
  return fetches ? undefined : `${go.GOVERSION} is too old`;
}

function hasCompiler(environment: NodeJS.ProcessEnv): boolean {
  const [own = "gcc"] = (environment["CC"] ?? "").split(" ").filter((word) => word !== "");
  return [own, "cc", "gcc", "clang"].some((name) => findOnPath(name, pathFolders(environment)) !== undefined);
}

/** Throws one error that lists all that the user has to install before these tools can be made here. */
export async function checkRequirements(
  missing: readonly ToolSpec[],
  surroundings: Surroundings,
): Promise<void> {
  const { environment } = surroundings;
  const lines: string[] = [];
  const toBuild = missing.flatMap(({ name, source }) => (source.kind === "go" ? [{ name, source }] : []));
  if (toBuild.length > 0) {
    const needed = newest(toBuild.map(({ source }) => neededGo(source.module)));
    const problem = await goProblem(needed, environment);
    const names = toBuild.map(({ name }) => name).join(", ");
    if (problem !== undefined) {
      lines.push(`Go ${needed} or newer (${problem}), to build ${names}; or install these yourself`);
    }
  }
  const inC = toBuild.filter(({ source }) => source.cgo).map(({ name }) => name);
  if (inC.length > 0 && !hasCompiler(environment))
    lines.push(`a C compiler (Debian: gcc), to build ${inC.join(", ")}`);
  for (const { name, version, source } of missing) {
    if (source.kind !== "system" || canInstall(surroundings)) continue;
    lines.push(`${name} ${version} or newer: ${commandFor(source.package)}`);
  }
  if (lines.length === 0) return;
  throw new ToolchainError(
    "missing",
    ["to be installed first:", ...lines.map((line) => `  - ${line}`)].join("\n"),
  );
}
