import { createHmac } from "node:crypto";
import { UsageError } from "../../errors.ts";

const prefix = "whsec_";
/** What Standard Webhooks asks of a secret. */
const leastBytes = 24;
const mostBytes = 64;

/**
 * The key that a secret of Standard Webhooks stands for: base64, with `whsec_` before it or without.
 *
 * @throws UsageError for what is none, without a word of what it is
 */
export function keyOf(secret: string): Buffer {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  const key = Buffer.from(text, "base64");
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (isBase64 && key.length >= leastBytes && key.length <= mostBytes) return key;
  throw new UsageError(
    `its secret has to be ${prefix} and then ${leastBytes} to ${mostBytes} bytes in base64; make one with: echo ${prefix}$(openssl rand -base64 32)`,
  );
}

/**
 * The headers by which the receiver knows who sent a message, when, and that it is the one that was sent: those of
 * Standard Webhooks, https://www.standardwebhooks.com.
 *
 * @param id - the message's, the same each time that it is sent
 * @param at - when it is sent this time
 */
export function signedHeaders(key: Buffer, id: string, at: Date, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...unsignedHeaders(id, at), "webhook-signature": `v1,${signature}` };
}

/** The same for a receiver that shares no secret. */
export function unsignedHeaders(id: string, at: Date): Record<string, string> {
  return { "webhook-id": id, "webhook-timestamp": String(Math.floor(at.getTime() / 1000)) };
}
