import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Mount points inside a folder, the deepest first, from the text of /proc/self/mountinfo. */
export function mountsInside(folder: string, mountinfo: string): string[] {
  return mountinfo
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map((path) =>
      path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((path) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
}

/** Nomad keeps each task's secrets on a small tmpfs of its own, which outlives a killed Nomad. */
export async function unmountInside(folder: string): Promise<void> {
  const mounts = mountsInside(folder, await readFile("/proc/self/mountinfo", "utf8").catch(() => ""));
  for (const path of mounts) await run("umount", ["--lazy", path]);
}
