import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Address } from "../../../gate/clients/consul.ts";

export type Listener = Address & { connections: () => number; [Symbol.asyncDispose]: () => Promise<void> };

/** A TCP server that does with each connection what the test says; closed with all its connections. */
export async function listen(connected: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    connected(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  return {
    host: "127.0.0.1",
    port: address.port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers each request on a connection with the same text. */
export async function answering(text: string): Promise<Listener> {
  return await listen((socket) => {
    socket.on("data", () => socket.write(text));
  });
}

/** An HTTP answer with a length. */
export function http(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<Address> {
  const { host, port, [Symbol.asyncDispose]: close } = await listen(() => undefined);
  await close();
  return { host, port };
}
