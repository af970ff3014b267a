import type { Server } from "node:http";

/** Prints the address of a server on loopback once it listens. */
export function tellAddress(server: Server): void {
  server.once("listening", () => {
    const address = server.address();
    if (typeof address === "object" && address !== null)
      process.stdout.write(`http://127.0.0.1:${address.port}\n`);
  });
}
