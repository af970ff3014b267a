import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, relative } from "node:path";

const patienceMs = 10_000;

export function pathFolders(environment: NodeJS.ProcessEnv): string[] {
  return (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../");
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The program that a shell would run. What our own cache put on PATH is passed over: it is checked as a cache entry, and
 * would otherwise be taken for the user's.
 */
export function findOnPath(name: string, folders: readonly string[], cache?: string): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => isExecutable(path) && !(cache !== undefined && isInside(cache, path)));
}

/** What a program prints when asked for its version; empty when it fails or does not answer in time. */
export function askVersion(
  path: string,
  ask: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: patienceMs };
    const child = execFile(path, ask, options, (error, stdout, stderr) => {
      resolve(error === null ? stdout + stderr : "");
    });
    // A plugin that is asked in words it does not know waits for its engine on stdin.
    child.stdin?.end();
  });
}
