import { readdir, readFile } from "node:fs/promises";
import { markedProcesses } from "../../demo/cluster/marks.ts";
import { mountsInside } from "../../demo/cluster/mounts.ts";

/** What of a cluster is still there, in words: its processes, mounts, control groups and its folder. */
export async function leftOf(folder: string, allocations: readonly string[] = []): Promise<string[]> {
  const processes = (await markedProcesses()).filter((one) => one.folder === folder);
  const mounts = mountsInside(folder, await readFile("/proc/self/mountinfo", "utf8"));
  const groups = await readdir("/sys/fs/cgroup", { recursive: true }).catch(() => []);
  const there = await readdir(folder).then(
    () => [folder],
    () => [],
  );
  return [
    ...processes.map(({ pid, part }) => `${part} ${pid}`),
    ...mounts,
    ...groups.filter((path) => allocations.some((id) => path.includes(id))),
    ...there,
  ];
}
