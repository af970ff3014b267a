import { once } from "node:events";
import { IncomingMessage, type ClientRequest } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

const responded = z.tuple([z.instanceof(IncomingMessage)]);

/** The answer to a request that was sent, and whether its connection had been used before. */
export async function answerTo(sent: ClientRequest) {
  const [response] = responded.parse(await once(sent, "response"));
  const { statusCode: status, headers } = response;
  return { again: sent.reusedSocket, status, headers, body: await text(response) };
}
