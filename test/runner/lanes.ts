import { glob } from "node:fs/promises";
import { relative, resolve } from "node:path";

/** Folders of each lane, in the order in which they run: what fails quickest first. */
const folders = {
  fast: ["test/unit", "test/components", "test/integration", "test/e2e"],
  slow: ["test/slow"],
} as const;

export type Lane = keyof typeof folders;
export const lanes = ["fast", "slow"] as const;

export function isLane(name: string): name is Lane {
  return name in folders;
}

/** Test files of a lane, or of the given files and folders alone. */
export async function testFiles(lane: Lane, only: readonly string[]): Promise<string[]> {
  const wanted = only.map((path) => relative(process.cwd(), resolve(path)));
  const found: string[] = [];
  for (const folder of folders[lane]) {
    const files = await Array.fromAsync(glob(`${folder}/**/*.test.ts`));
    found.push(...files.sort());
  }
  if (wanted.length === 0) return found;
  return found.filter((file) => wanted.some((path) => file === path || file.startsWith(`${path}/`)));
}
