import { z } from "zod";
import { getJson } from "./http.ts";
import type { PortBlock } from "./ports.ts";

export function consulAddress({ servers }: PortBlock): string {
  return `http://127.0.0.1:${servers[0] ?? 0}`;
}

/** The arguments of a Consul of our own: every port is a port of the block or off. */
export function consulArguments({ servers }: PortBlock, datacenter = "dc1"): string[] {
  const [http = 0, rpc = 0, serf = 0] = servers;
  const off = -1;
  const ports = {
    "http-port": http,
    "server-port": rpc,
    "serf-lan-port": serf,
    "serf-wan-port": off,
    "grpc-port": off,
    "grpc-tls-port": off,
    "https-port": off,
    "dns-port": off,
  };
  return [
    "agent",
    "-dev",
    "-bind=127.0.0.1",
    "-client=127.0.0.1",
    `-datacenter=${datacenter}`,
    ...Object.entries(ports).map(([name, port]) => `-${name}=${port}`),
    `-hcl=disable_update_check = true`,
  ];
}

/** Whether Consul has a leader, without which it keeps nothing. */
export async function isConsulReady(address: string): Promise<true | undefined> {
  const leader = await getJson(`${address}/v1/status/leader`, z.string().min(1));
  return leader === undefined ? undefined : true;
}
