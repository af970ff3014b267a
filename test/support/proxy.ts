import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type Seen = {
  server: "consul" | "nomad";
  /** Whether a provider plugin asks, which is written in Go, or the gate itself. */
  by: "gate" | "pulumi";
  method: string;
  path: string;
  body: string;
};

/** What becomes of a request: it goes on, or whoever asked gets no answer, before or after the server has got it. */
export type Fate = "goes on" | "cut before" | "cut after";

export type Proxy = { address: string; close: () => Promise<void> };

/**
 * Stands in front of a server, on loopback, and lets somebody decide on each request what becomes of it.
 *
 * @param onCut - told of each request that is cut, before whoever asked can notice
 */
export async function startProxy(
  server: Seen["server"],
  upstream: string,
  decide: (seen: Seen) => Fate,
  onCut: (seen: Seen, fate: Fate) => void | Promise<void>,
): Promise<Proxy> {
  const proxy = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing).catch(() => {
      incoming.socket.destroy();
    });
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const seen = seenOf(server, incoming, body);
    const fate = decide(seen);
    if (fate === "cut before") {
      await onCut(seen, fate);
      incoming.socket.destroy();
      return;
    }
    const onward = request(new URL(incoming.url ?? "/", upstream), {
      method: incoming.method,
      headers: incoming.headers,
      agent: false,
    });
    // Whoever asked may be gone before a blocking query is answered.
    outgoing.on("close", () => onward.destroy());
    onward.end(body);
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      onward.once("response", resolve).once("error", reject);
    });
    if (fate === "cut after") {
      await text(reply);
      await onCut(seen, fate);
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(outgoing);
  }

  // Else it would close a connection that is idle at the very moment at which the next request comes on it.
  proxy.keepAliveTimeout = 0;
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address: AddressInfo | string | null = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    address: `http://127.0.0.1:${address.port}`,
    close: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, "close");
    },
  };
}

function seenOf(
  server: Seen["server"],
  { method = "", url = "", headers }: IncomingMessage,
  body: string,
): Seen {
  const by = headers["user-agent"]?.startsWith("Go-http-client") === true ? "pulumi" : "gate";
  return { server, by, method, path: url.split("?")[0] ?? "", body };
}
