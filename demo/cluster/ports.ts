import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { DemoError } from "../errors.ts";

/**
 * Ports of one cluster. The blocks lie below 20000, where an ordinary Nomad starts handing out dynamic ports, and so
 * also below the ports that Linux gives to outgoing connections.
 */
const firstBlock = 10_000;
const blockSize = 200;
const blocks = 50;

const serverPorts = 10;
const fixedPorts = 70;

export type PortBlock = {
  /** For Consul and Nomad themselves. */
  servers: readonly number[];
  /** For whoever needs a port that is known beforehand, such as HAProxy's frontend. */
  fixed: readonly number[];
  /** First and last of the ports that Nomad hands out. */
  dynamic: { first: number; last: number };
};

const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

export function portsOf(block: number): PortBlock {
  const first = firstBlock + block * blockSize;
  return {
    // The block's very first port is the claim to it.
    servers: range(first + 1, serverPorts - 1),
    fixed: range(first + serverPorts, fixedPorts),
    dynamic: { first: first + serverPorts + fixedPorts, last: first + blockSize - 1 },
  };
}

async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
    return server;
  } catch {
    return undefined;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = await listenOn(port);
  if (server === undefined) return false;
  server.close();
  await once(server, "close");
  return true;
}

export type Claim = { ports: PortBlock; release: () => Promise<void> };

/**
 * Claims a block that no other cluster has and of which every port is free. The claim is a listening socket, so it ends
 * with this process however that ends.
 */
export async function claimPorts(): Promise<Claim> {
  const start = Math.floor(Math.random() * blocks);
  for (const offset of range(0, blocks)) {
    const block = (start + offset) % blocks;
    const claim = await listenOn(firstBlock + block * blockSize);
    if (claim === undefined) continue;
    const release = async () => {
      claim.close();
      await once(claim, "close");
    };
    const ports = portsOf(block);
    const free = await Promise.all(range(firstBlock + block * blockSize + 1, blockSize - 1).map(isFree));
    if (free.every(Boolean)) return { ports, release };
    await release();
  }
  throw new DemoError("cluster", `No block of ${blockSize} free ports was found between 10000 and 20000.`);
}
