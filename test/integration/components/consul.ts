import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";

async function put(path: string, body: string): Promise<void> {
  const { consulAddress } = await sharedCluster();
  const response = await fetch(consulAddress + path, { method: "PUT", body });
  if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
}

const instances = z.array(z.object({ ServiceID: z.string() }));
const onAgent = z.object({ Service: z.string() });

/** An agent tells the catalog a moment later, and in the middle of its own look at all it has up to half a minute. */
async function untilCatalog(name: string, id: string, isThere: boolean): Promise<void> {
  const { consulAddress } = await sharedCluster();
  const end = performance.now() + 45_000;
  for (;;) {
    const response = await fetch(`${consulAddress}/v1/catalog/service/${name}`);
    const found = instances.parse(await response.json());
    if (found.some(({ ServiceID }) => ServiceID === id) === isThere) return;
    if (performance.now() > end) throw new Error(`Consul's catalog and agent do not agree on ${id}.`);
    await sleep(10);
  }
}

/** Registers an instance that passes its checks, since it has none. Resolves when all of Consul knows it. */
export async function registerInstance(
  name: string,
  id: string,
  port: number,
  address = "127.0.0.1",
): Promise<void> {
  await put(
    "/v1/agent/service/register",
    JSON.stringify({ Name: name, ID: id, Port: port, Address: address }),
  );
  await untilCatalog(name, id, true);
}

export async function deregisterInstance(id: string): Promise<void> {
  const { consulAddress } = await sharedCluster();
  const response = await fetch(`${consulAddress}/v1/agent/service/${id}`);
  if (response.status === 404) return;
  const { Service: name } = onAgent.parse(await response.json());
  await put(`/v1/agent/service/deregister/${id}`, "");
  await untilCatalog(name, id, false);
}

export async function setKey(key: string, value: string): Promise<void> {
  await put(`/v1/kv/${key}`, value);
}

export async function deleteKeys(prefix: string): Promise<void> {
  const { consulAddress } = await sharedCluster();
  await fetch(`${consulAddress}/v1/kv/${prefix}?recurse`, { method: "DELETE" });
}

const passing = z.array(z.object({ Service: z.object({ Port: z.number() }) }));

/** Waits until so many instances pass their checks. Resolves to their ports. */
export async function untilInstances(name: string, count: number, seconds = 30): Promise<number[]> {
  const { consulAddress } = await sharedCluster();
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const response = await fetch(`${consulAddress}/v1/health/service/${name}?passing`);
    const ports = passing.parse(await response.json()).map(({ Service: { Port: port } }) => port);
    if (ports.length === count) return ports;
    if (performance.now() > end)
      throw new Error(`${name} has ${ports.length} instances after ${seconds} s, not ${count}.`);
    await sleep(100);
  }
}
