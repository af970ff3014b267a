import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

export type Proxy = { address: string; close: () => Promise<void> };

/**
 * A proxy on loopback in front of a server.
 *
 * @param onAnswer - told of each question that the server has answered, before the asker gets the answer
 */
export async function startProxy(
  address: string,
  onAnswer: (method: string, path: string, body: string) => Promise<void>,
): Promise<Proxy> {
  const server = createServer((asked, answer) => {
    const pass = async () => {
      const { method = "GET", url: path = "/", headers } = asked;
      const body = await buffer(asked);
      const question = request(new URL(path, address), { method, headers });
      answer.once("close", () => question.destroy());
      const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      question.once("response", resolve).once("error", reject).end(body);
      const response = await answered;
      const text = await buffer(response);
      await onAnswer(method, path, body.toString());
      answer.writeHead(response.statusCode ?? 502, response.headers).end(text);
    };
    pass().catch(() => answer.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address();
  const port = typeof at === "object" && at !== null ? at.port : 0;
  return {
    address: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
