import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runInPlace } from "../shared/child.mjs";
import { cacheFolder } from "../shared/cache-folder.mjs";
import { withLock } from "../shared/lock.mjs";
import { StartError } from "./error.mjs";
import { isInstalled, wantedStamp, workspaces } from "./locked.mjs";
import { findNode } from "./node.mjs";

/** Kept inside node_modules, so that whoever removes that folder removes the claim that it is complete. */
const stampOf = (root) => join(root, "node_modules", ".nary-installed");
const recordOf = (root) => join(root, "node_modules", ".package-lock.json");

/** npm does not tell when it could not get a package that is optional, as the project's own Node is. */
function hasNode(root) {
  try {
    return findNode(root) !== "";
  } catch {
    return false;
  }
}

function isUpToDate(root) {
  try {
    return (
      hasNode(root) && existsSync(recordOf(root)) && readFileSync(stampOf(root), "utf8") === wantedStamp(root)
    );
  } catch {
    return false;
  }
}

/**
 * npm must not run on the Node that it is about to delete: leave node_modules/.bin, where `npm run` puts the project's
 * own Node, out of the way.
 */
function outside(root) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return {
    ...process.env,
    PATH: folders.filter((folder) => !folder.startsWith(join(root, "node_modules"))).join(delimiter),
  };
}

const stderr = 2;
const interrupted = 130;

/** Quieter than usual: npm may run on a Node that is too old for the packages, which then run on another. */
const npmOptions = ["--loglevel=error"];

async function npm(root, command, ...options) {
  const streams = { cwd: root, env: outside(root), stdio: ["ignore", stderr, stderr] };
  const code = await runInPlace("npm", [...command, ...npmOptions, ...options], streams).catch((error) => {
    throw new StartError("npm is missing: install Node 24, which brings it, and try again", undefined, error);
  });
  if (code === interrupted)
    throw new StartError("interrupted; the same command goes on from here", interrupted);
  if (code !== 0)
    throw new StartError(`npm ${command.join(" ")} failed (exit code ${code}); its own words are above`);
}

/** `npm ci` builds the workspaces itself, unless the user's npm is told to run no scripts. */
async function buildWorkspaces(root, say, isFresh) {
  for (const { path, manifest } of workspaces(root)) {
    if (!manifest.scripts?.prepare) continue;
    if (isFresh && existsSync(join(root, path, manifest.main ?? "index.js"))) continue;
    say(`building ${manifest.name}`);
    await npm(root, ["run", "prepare"], "--workspace", path);
  }
}

/** Makes node_modules what package-lock.json says. Silent when it is already. */
export async function install({ root, say }) {
  if (isUpToDate(root)) return;
  const lock = {
    folder: join(cacheFolder(), "locks"),
    name: `install-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`,
    onWait: (pid) => say(`waiting for process ${pid}, which is installing the dependencies`),
  };
  await withLock(lock, async () => {
    if (isUpToDate(root)) return;
    const isFresh = !(isInstalled(root) && hasNode(root));
    if (isFresh) {
      say("installing the locked dependencies (npm ci, about half a minute)");
      // Whatever the user's npm leaves out by default, the project's Node and its tests are among it.
      await npm(root, ["ci"], "--include=dev", "--include=optional");
    }
    await buildWorkspaces(root, say, isFresh);
    await writeFile(stampOf(root), wantedStamp(root));
  });
}
