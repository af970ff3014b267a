import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";

const pairs = z.array(z.object({ Key: z.string(), Value: z.string().nullable(), Flags: z.number() }));

async function request(method: string, path: string, body?: string): Promise<Response> {
  const { consulAddress } = await sharedCluster();
  return fetch(new URL(`/v1/${path}`, consulAddress), { method, ...(body === undefined ? {} : { body }) });
}

/** All keys under a prefix with their values. */
export async function keysUnder(prefix: string): Promise<Record<string, string>> {
  const response = await request("GET", `kv/${prefix}?recurse`);
  if (response.status === 404) return {};
  const found = pairs.parse(await response.json());
  return Object.fromEntries(
    found.map(({ Key, Value }) => [Key.slice(prefix.length), Buffer.from(Value ?? "", "base64").toString()]),
  );
}

export async function putKey(path: string, value: string): Promise<void> {
  await request("PUT", `kv/${path}`, value);
}

export async function deleteUnder(prefix: string): Promise<void> {
  await request("DELETE", `kv/${prefix}?recurse`);
}

/** A config entry as Consul has it, or undefined. */
export async function liveEntry(kind: string, name: string): Promise<unknown> {
  const response = await request("GET", `config/${kind}/${name}`);
  return response.status === 404 ? undefined : response.json();
}

export async function putEntry(entry: unknown): Promise<void> {
  await accepted(await request("PUT", "config", JSON.stringify(entry)));
}

export async function deleteEntry(kind: string, name: string): Promise<void> {
  await accepted(await request("DELETE", `config/${kind}/${name}`));
}

const node = z.object({
  Node: z.object({ Meta: z.record(z.string(), z.string()) }),
  Services: z.record(z.string(), z.object({ Port: z.number() })),
});

/** A node of the catalog: its metadata, and its services' ports by their IDs. */
export async function liveNode(
  name: string,
): Promise<{ meta: Record<string, string>; services: Record<string, number> } | undefined> {
  const found = node.nullable().parse(await (await request("GET", `catalog/node/${name}`)).json());
  if (found === null) return undefined;
  const services = Object.entries(found.Services).map(([id, { Port }]) => [id, Port] as const);
  return { meta: found.Node.Meta, services: Object.fromEntries(services) };
}

/** The checks of a node: their status by their IDs. */
export async function liveChecks(name: string): Promise<Record<string, string>> {
  const checks = z.array(z.object({ CheckID: z.string(), Status: z.string() }));
  const found = checks.parse(await (await request("GET", `health/node/${name}`)).json());
  return Object.fromEntries(found.map(({ CheckID, Status }) => [CheckID, Status]));
}

export async function registerOutside(registration: unknown): Promise<void> {
  await accepted(await request("PUT", "catalog/register", JSON.stringify(registration)));
}

export async function deregisterNode(name: string): Promise<void> {
  await accepted(await request("PUT", "catalog/deregister", JSON.stringify({ Node: name })));
}

async function accepted(response: Response): Promise<void> {
  if (!response.ok) throw new Error(`Consul answered ${response.status}: ${await response.text()}`);
}
