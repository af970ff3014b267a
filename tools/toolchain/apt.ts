import { execFile } from "node:child_process";
import { ToolchainError } from "./error.ts";
import { findOnPath, pathFolders } from "./path.ts";
import type { Surroundings } from "./spec.ts";

/** Long enough for another apt-get, such as the machine's own upgrades, to end. */
const waitForOthers = "DPkg::Lock::Timeout=300";

export function canInstall({ environment, isRoot }: Surroundings): boolean {
  return isRoot && findOnPath("apt-get", pathFolders(environment)) !== undefined;
}

/** What the user types where we may not install. */
export function commandFor(name: string): string {
  return process.platform === "darwin" ? `brew install ${name}` : `sudo apt-get install ${name}`;
}

function aptGet(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const env = {
    ...environment,
    DEBIAN_FRONTEND: "noninteractive",
    // We want the program, not the service that Debian starts with it: this holds back init scripts and systemd.
    RUNLEVEL: "1",
    SYSTEMD_OFFLINE: "1",
  };
  return new Promise((resolve, reject) => {
    execFile("apt-get", ["-q", "-y", "-o", waitForOthers, ...args], { env }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else {
        const said = (stderr.trim() || stdout.trim()).split("\n").slice(-10);
        const message = `apt-get ${args.join(" ")} failed:\n${said.map((line) => `  ${line}`).join("\n")}`;
        reject(new ToolchainError("install-failed", message, { cause: error }));
      }
    });
  });
}

export async function aptInstall(name: string, { environment, say }: Surroundings): Promise<void> {
  say(`installing ${name} with apt-get`);
  const install = () => aptGet(["install", "--no-install-recommends", name], environment);
  try {
    await install();
  } catch {
    // The lists of packages are missing or too old on a fresh machine.
    await aptGet(["update"], environment);
    await install();
  }
}
