import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Release } from "../../settings/names.ts";
import { twinFile } from "./twin-file.ts";

/** What the names of the folders begin with in which a process has its copies of stack files. */
const copiesOf = (pid: number) => `nary-stack-${pid}-`;

/** Removes the copies that a process of this machine has left, which has ended. */
export async function removeCopiesOf(pid: number): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(copiesOf(pid)));
  for (const name of names) await rm(join(tmpdir(), name), { recursive: true, force: true });
}

/** Where a stack's settings are: beside Pulumi.yaml, or in the folder that it names. */
export async function stackFileOf(folder: string, stack: string): Promise<string> {
  const project = parseDocument((await readIfThere(join(folder, "Pulumi.yaml"))) ?? "");
  const inside: unknown = project.get("stackConfigDir");
  const name = `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
  return join(folder, typeof inside === "string" ? inside : "", name);
}

/**
 * Works with a copy of a stack's file, in which the release may be another one; the tracked file stays as it is.
 * The copy lives as long as the work.
 */
export async function withStackFile<T>(
  file: string,
  release: Release | undefined,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const before = (await readIfThere(file)) ?? "";
  return await withCopy(before, release, work);
}

/** Works with a file for the twin, made of the canary's and of what its own has. It lives as long as the work. */
export async function withTwinFile<T>(
  files: { canary: string; twin: string },
  release: Release | undefined,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const [canary, twin] = await Promise.all([readIfThere(files.canary), readIfThere(files.twin)]);
  return await withCopy(twinFile({ canary: canary ?? "", twin: twin ?? "" }), release, work);
}

async function withCopy<T>(
  text: string,
  release: Release | undefined,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), copiesOf(process.pid)));
  try {
    const copy = join(folder, "Pulumi.stack.yaml");
    await writeFile(copy, release === undefined ? text : withRelease(text, release), { mode: 0o600 });
    return await work(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file with another release in it; comments, secrets and the order stay. */
export function withRelease(before: string, release: Release): string {
  const document = parseDocument(before);
  document.setIn(["config", "nary:release"], release);
  return document.toString();
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
