import { glob } from "node:fs/promises";
import { relative, resolve } from "node:path";

/**
 * Folders of each lane, in the order in which they run. The lists of a lane run at the same time, each in a process with
 * a cluster of its own: one computes nearly all of the time, the other mostly waits for servers and for traffic.
 */
const folders = {
  fast: [
    [
      "test/unit",
      "test/components",
      "test/integration/app",
      "test/integration/cli",
      "test/integration/plugins",
      "test/integration/sdks",
      "test/integration/stack",
      "test/integration/tools",
    ],
    ["test/integration/components", "test/integration/gate", "test/integration/demo", "test/e2e"],
  ],
  slow: [
    [
      "test/slow/app",
      "test/slow/bench",
      "test/slow/components",
      "test/slow/demo",
      "test/slow/examples",
      "test/slow/gate",
      "test/slow/library",
      "test/slow/plugins",
      "test/slow/kill",
    ],
    ["test/slow/app-life", "test/slow/stack", "test/slow/tell", "test/slow/faults"],
  ],
} as const;

export type Lane = keyof typeof folders;
export const lanes = ["fast", "slow"] as const;

export function isLane(name: string): name is Lane {
  return name in folders;
}

/** Test files of a lane in the lists that run at the same time, or one list of the given files and folders alone. */
export async function testFiles(lane: Lane, only: readonly string[]): Promise<string[][]> {
  const wanted = only.map((path) => relative(process.cwd(), resolve(path)));
  const found = await Promise.all(folders[lane].map(filesUnder));
  if (wanted.length === 0) return found;
  const files = found.flat();
  return [files.filter((file) => wanted.some((path) => file === path || file.startsWith(`${path}/`)))];
}

async function filesUnder(list: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of list) {
    const files = await Array.fromAsync(glob(`${folder}/**/*.test.ts`));
    found.push(...files.sort());
  }
  return found;
}
