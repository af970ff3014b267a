import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster, type Cluster } from "../demo/cluster/start.ts";
import type { Say } from "../demo/say.ts";
import { makeSite, type Site } from "../demo/site.ts";
import { ensureTools, pulumiTools, toolEnvironment, type ToolName } from "../tools/toolchain/index.ts";

export type Place = { folder: string; cluster: Cluster; site: Site };

/** Measures in a copy of the project beside a cluster of its own, which is ended in any case. */
export async function inSite<Measured>(
  { also = [], signal, say }: { also?: readonly ToolName[]; signal: AbortSignal; say: Say },
  measure: (place: Place) => Promise<Measured>,
): Promise<Measured> {
  say("the tools: Pulumi, Nomad, Consul, HAProxy");
  const tools = await ensureTools([...pulumiTools, "nomad", "consul", "haproxy", ...also]);
  signal.throwIfAborted();
  const folder = await realpath(await mkdtemp(join(tmpdir(), "nary-bench-")));
  say(`starting Consul and Nomad on loopback, in ${folder}`);
  const cluster = await startCluster({ folder, environment: toolEnvironment(tools) });
  try {
    const site = await makeSite({ folder, cluster, driver: "raw_exec", tools, signal });
    return await measure({ folder, cluster, site });
  } finally {
    say("ending everything");
    await cluster.stop();
  }
}
