import { existsSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./error.mjs";

/** Whether this version runs TypeScript files as they are, without a flag. */
export function runsTypeScript(version) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major > 23;
}

/** The project's own Node where npm serves one for this machine, else the running one if it is new enough. */
export function findNode(root, machine = process) {
  const own = join(root, "node_modules", `node-${machine.platform}-${machine.arch}`, "bin", "node");
  if (existsSync(own)) return own;
  if (runsTypeScript(machine.version)) return machine.execPath;
  throw new StartError(
    `Node ${machine.version} cannot run this project, and npm installed none for ${machine.platform} ` +
      `${machine.arch}: install Node 24 (or at least 22.18) and try again`,
  );
}
