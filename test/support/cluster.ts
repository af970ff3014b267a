import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startCluster, type Cluster } from "../../demo/cluster/start.ts";
import { allTools, ensureTools, toolEnvironment } from "../../tools/toolchain/index.ts";
import { temporaryFolder } from "./temporary.ts";

export type SharedCluster = {
  nomadAddress: string;
  consulAddress: string;
  /** Tools on PATH, NOMAD_ADDR, CONSUL_HTTP_ADDR, and none of the user's own addresses and tokens. */
  environment: NodeJS.ProcessEnv;
  /** The cluster's own folder; its parent is a temporary folder of this run. */
  folder: string;
  /** A port for HAProxy or the like; each call gives another. */
  fixedPort: () => number;
};

let shared: Promise<{ cluster: Cluster; folder: string }> | undefined;
let portsGiven = 0;

async function start() {
  const environment = toolEnvironment(await ensureTools(allTools));
  const folder = join(await temporaryFolder(), "cluster");
  await mkdir(folder);
  return { cluster: await startCluster({ folder, environment }), folder };
}

/** The one loopback cluster of the run, started when it is first asked for. It takes three seconds. */
export async function sharedCluster(): Promise<SharedCluster> {
  const { cluster, folder } = await (shared ??= start());
  const { nomadAddress, consulAddress, environment, fixedPorts } = cluster;
  return { nomadAddress, consulAddress, environment, folder, fixedPort: () => nextPort(fixedPorts) };
}

function nextPort(ports: readonly number[]): number {
  const port = ports[portsGiven++];
  if (port === undefined)
    throw new Error(`All ${ports.length} fixed ports of the shared cluster are in use.`);
  return port;
}

export async function stopSharedCluster(): Promise<void> {
  const started = shared;
  shared = undefined;
  if (started === undefined) return;
  // A cluster that did not start has ended itself, and the test that asked for it has failed.
  const running = await started.catch(() => undefined);
  await running?.cluster.stop();
}
