import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

/** The packages of this repository that are installed as links. One may be declared before it is written. */
export function workspaces(root) {
  return (readJson(join(root, "package.json"))?.workspaces ?? [])
    .map((path) => ({ path, manifest: readJson(join(root, path, "package.json")) }))
    .filter(({ manifest }) => manifest !== undefined);
}

function* sources(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (["node_modules", "bin", "dist"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.isFile()) yield path;
  }
}

/** Changes whenever what is installed, or what is built from the workspaces, would come out otherwise. */
export function wantedStamp(root) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  const add = (path) =>
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  add(join(root, "package.json"));
  add(join(root, "package-lock.json"));
  for (const { path } of workspaces(root)) for (const source of sources(join(root, path))) add(source);
  return hash.digest("hex");
}

/** Whether npm's own record of its last finished install says what the lock file says. */
export function isInstalled(root) {
  const locked = readJson(join(root, "package-lock.json"))?.packages;
  const present = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (!locked || !present) return false;
  const isSame = ([path, wanted]) => {
    const found = present[path];
    if (found === undefined) return wanted.optional === true || wanted.peer === true;
    return (
      found.version === wanted.version && found.integrity === wanted.integrity && found.link === wanted.link
    );
  };
  const names = (packages) => Object.entries(packages).filter(([path]) => path.startsWith("node_modules/"));
  return (
    names(locked).every(isSame) && names(present).every(([path]) => path in locked) && hasLinks(root, locked)
  );
}

function hasLinks(root, locked) {
  return Object.entries(locked)
    .filter(([, wanted]) => wanted.link)
    .every(([path]) => existsSync(join(root, path)));
}
