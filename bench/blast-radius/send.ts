import { Pool } from "undici";
import type { Method } from "./rows.ts";

/** Each waits for its answer before it asks again, so that the number of requests is exact. */
const clients = 8;
const answerMs = 10_000;

type Options = { url: string; method: Method; requests: number; signal: AbortSignal };

/** Resolves to how many requests had another answer than 200, or none. */
export async function send({ url, method, requests, signal }: Options): Promise<number> {
  const pool = new Pool(url, { connections: clients, headersTimeout: answerMs, bodyTimeout: answerMs });
  let [sent, errors] = [0, 0];
  const isError = async () => {
    try {
      const body = method === "POST" ? "hello" : null;
      const response = await pool.request({ path: "/hello", method, body });
      await response.body.dump();
      return response.statusCode !== 200;
    } catch {
      return true;
    }
  };
  const client = async () => {
    while (sent < requests) {
      signal.throwIfAborted();
      sent += 1;
      if (await isError()) errors += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: clients }, client));
    return errors;
  } finally {
    await pool.destroy();
  }
}
