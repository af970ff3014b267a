import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { removeContainers, removeImages } from "../docker/remove.ts";
import { endPostgres } from "../postgres/end.ts";
import { killProcesses } from "./marks.ts";
import { unmountInside } from "./mounts.ts";
import { until } from "./until.ts";

/** Nomad's groups of tasks, under either version of control groups. */
const groupRoots = ["freezer", "memory", "cpuset", "cpu"].map((name) => `/sys/fs/cgroup/${name}/nomad`);
const unifiedRoot = "/sys/fs/cgroup/nomad.slice/share.slice";

const groupMs = 3_000;

/** A group is refused while a killed process in it is not quite gone. */
async function removeGroup(path: string): Promise<void> {
  const remove = () =>
    rmdir(path).then(
      () => true as const,
      () => undefined,
    );
  await until(remove, groupMs, 50);
}

/** Names of what a control group holds for an allocation begin with the allocation's id. */
async function removeGroups(folder: string): Promise<void> {
  const allocations = await readdir(join(folder, "nomad", "alloc")).catch(() => []);
  for (const root of [...groupRoots, unifiedRoot]) {
    const groups = await readdir(root).catch(() => []);
    const ours = groups.filter((group) => allocations.some((id) => group.startsWith(id)));
    await Promise.all(ours.map((group) => removeGroup(join(root, group))));
  }
}

/**
 * Ends and removes all that a cluster left, whether it was stopped or killed, and nothing else: found by the folder,
 * with no help from its servers. Resolves to what could not be ended, in words.
 */
export async function sweep(folder: string): Promise<string[]> {
  await endPostgres(folder);
  const processes = await killProcesses(folder, ["client", "server"]);
  const docker = [...(await removeContainers(folder)), ...(await removeImages(folder))];
  await removeGroups(folder);
  await unmountInside(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return [...processes.map((pid) => `process ${pid}`), ...docker];
}
