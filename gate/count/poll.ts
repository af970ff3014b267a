import { Agent, request } from "undici";
import type { UrlPath } from "../../settings/names.ts";
import { textOf, TooLongError } from "../clients/body.ts";
import type { Address } from "../clients/consul.ts";
import { reasonOf } from "../errors.ts";
import { answerOf, type Answer } from "./answer.ts";

/** Two numbers need no more. */
const mostBytes = 64 * 1024;

/** Asks instances for their counts, each over a kept-alive connection of its own. */
export class Poller {
  readonly #path: UrlPath;
  readonly #answerSeconds: number;
  readonly #agent: Agent;

  constructor(path: UrlPath, answerSeconds: number) {
    this.#path = path;
    this.#answerSeconds = answerSeconds;
    this.#agent = new Agent({ connections: 1, connect: { timeout: answerSeconds * 1000 } });
  }

  /** Asks one instance, within the time for an answer. Never throws but for the signal. */
  async ask(address: Address, signal: AbortSignal): Promise<Answer> {
    const limit = AbortSignal.timeout(this.#answerSeconds * 1000);
    const either = AbortSignal.any([signal, limit]);
    const first = await this.#once(address, either, signal, limit);
    // A server may close an idle connection in the moment in which it is used again: that is no error of its own.
    return first.type === "absent" ? await this.#once(address, either, signal, limit) : first;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #once(
    address: Address,
    either: AbortSignal,
    signal: AbortSignal,
    limit: AbortSignal,
  ): Promise<Answer> {
    try {
      const response = await request(urlOf(address, this.#path), {
        dispatcher: this.#agent,
        headers: { accept: "application/json" },
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: either,
      });
      return answerOf(response.statusCode, await textOf(response.body, mostBytes));
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) return { type: "slow", why: `did not answer within ${this.#answerSeconds} s` };
      if (error instanceof TooLongError) return { type: "wrong", why: error.message };
      return { type: "absent", why: `could not be reached: ${reasonOf(error)}` };
    }
  }
}

function urlOf(address: Address, path: UrlPath): URL {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return new URL(path, `http://${host}:${address.port}`);
}
