/** What a bench tells Consul, as its users do. */
async function put(consulAddress: string, path: string, body: string): Promise<void> {
  const response = await fetch(`${consulAddress}/v1/${path}`, { method: "PUT", body });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Consul answered ${response.status} to ${path}.`);
}

/** Registers an instance that passes its checks, since it has none. Resolves when the agent has it. */
export function register(consulAddress: string, service: string, id: string, port: number): Promise<void> {
  const body = { Name: service, ID: id, Address: "127.0.0.1", Port: port };
  return put(consulAddress, "agent/service/register", JSON.stringify(body));
}

export function deregister(consulAddress: string, id: string): Promise<void> {
  return put(consulAddress, `agent/service/deregister/${id}`, "");
}

export function setKey(consulAddress: string, key: string, value: string): Promise<void> {
  return put(consulAddress, `kv/${key}`, value);
}
