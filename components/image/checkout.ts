import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** What git says of the files from which an image is built. */
export type Checkout =
  | { kind: "none"; why: string }
  | { kind: "clean"; commit: string }
  | { kind: "dirty"; commit: string; paths: readonly string[]; hash: string };

/** Git sets these for its hooks, to a repository that need not be the context's. */
const ofHooks = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], {
    env: { ...process.env, ...ofHooks, GIT_OPTIONAL_LOCKS: "0" },
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const names = (list: string) => list.split("\0").filter((name) => name !== "");

/** Looks at the context, and at the Dockerfile where it is elsewhere. */
export function checkoutOf(context: string, dockerfile: string | undefined): Checkout {
  if (!isFolder(context)) return { kind: "none", why: "is not a folder" };
  let commit: string;
  try {
    commit = git(context, "rev-parse", "--verify", "HEAD").trim();
  } catch {
    return {
      kind: "none",
      why: "is in no git repository with a commit to name the image after: commit it, or give tag",
    };
  }
  const looked = [".", ...(dockerfile === undefined ? [] : [resolve(dockerfile)])];
  let paths: string[];
  try {
    paths = [
      ...names(git(context, "diff", "--name-only", "-z", "HEAD", "--", ...looked)),
      ...untracked(context, looked),
    ];
  } catch {
    return {
      kind: "none",
      why: "is in another git repository than the Dockerfile, so its commit does not say all: give tag",
    };
  }
  if (paths.length === 0) return { kind: "clean", commit };
  return { kind: "dirty", commit, paths, hash: hashOf(context, looked) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function untracked(context: string, looked: readonly string[]): string[] {
  return names(git(context, "ls-files", "--others", "--exclude-standard", "-z", "--", ...looked));
}

/** The same changes have the same hash, wherever they are. */
function hashOf(context: string, looked: readonly string[]): string {
  const hash = createHash("sha256");
  hash.update(git(context, "diff", "--binary", "--no-ext-diff", "--no-textconv", "HEAD", "--", ...looked));
  for (const name of untracked(context, looked).sort()) {
    const file = join(context, name);
    const content = lstatSync(file).isSymbolicLink() ? readlinkSync(file) : readFileSync(file);
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}
