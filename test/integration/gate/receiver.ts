import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export type Received = {
  id: string;
  body: string;
  /** Whether the signature is the secret's, and the time is now. */
  isGenuine: boolean;
  path: string | undefined;
  headers: IncomingMessage["headers"];
};

export type Receiver = {
  url: string;
  /** As the sender is given it. */
  secret: string;
  received: readonly Received[];
  /** Resolves when so many requests have come. */
  until: (requests: number) => Promise<readonly Received[]>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

const toleratedSeconds = 300;

/** A receiver of webhooks that checks signatures as docs/notify.md tells, and answers as the test says. */
export async function receiver(
  answer: (response: ServerResponse, received: Received, count: number) => void = (response) => {
    response.writeHead(204).end();
  },
): Promise<Receiver> {
  const key = randomBytes(32);
  const received: Received[] = [];
  let wake = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = {
        id: header(request, "webhook-id"),
        body,
        isGenuine: isGenuine(key, request, body),
        path: request.url,
        headers: request.headers,
      };
      received.push(one);
      wake.resolve(undefined);
      wake = Promise.withResolvers();
      answer(response, one, received.length);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    secret: `whsec_${key.toString("base64")}`,
    received,
    until: async (requests) => {
      while (received.length < requests) await wake.promise;
      return received;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isGenuine(key: Buffer, request: IncomingMessage, body: string): boolean {
  const timestamp = header(request, "webhook-timestamp");
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < toleratedSeconds)) return false;
  const signed = `${header(request, "webhook-id")}.${timestamp}.${body}`;
  const expected = createHmac("sha256", key).update(signed).digest();
  return header(request, "webhook-signature")
    .split(" ")
    .some((signature) => {
      const [version, mac = ""] = signature.split(",");
      const given = Buffer.from(mac, "base64");
      return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
    });
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}
