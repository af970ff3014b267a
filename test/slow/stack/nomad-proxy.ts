import { once } from "node:events";
import { createServer } from "node:http";
import { request } from "undici";

export type NomadProxy = { address: string; close: () => Promise<void> };

/**
 * A door to Nomad that hands on what is asked and what is answered, until a job is registered: then Nomad has it, and
 * whoever registered it hears nothing more.
 *
 * @param onRegistered - called once, with the answer not yet given
 */
export async function startNomadProxy(nomad: string, onRegistered: () => void): Promise<NomadProxy> {
  let isOver = false;
  const server = createServer((asked, answer) => {
    void (async () => {
      const { method = "GET", url = "/", headers } = asked;
      const chunks: Buffer[] = [];
      for await (const chunk of asked) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      const token = headers["x-nomad-token"];
      const { statusCode, body } = await request(new URL(url, nomad), {
        method: method === "PUT" || method === "POST" || method === "DELETE" ? method : "GET",
        headers: typeof token === "string" ? { "x-nomad-token": token } : {},
        body: chunks.length === 0 ? null : Buffer.concat(chunks),
      });
      const text = await body.text();
      if (isOver) return;
      if (method !== "GET" && new URL(url, nomad).pathname === "/v1/jobs") {
        isOver = true;
        onRegistered();
        return;
      }
      answer.writeHead(statusCode, { "content-type": "application/json" }).end(text);
    })().catch((error: unknown) => answer.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  return {
    address: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
