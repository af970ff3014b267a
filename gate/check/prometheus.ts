import { Agent, request } from "undici";
import type { PrometheusCheck } from "../../settings/gate-checks.ts";
import { textOf, TooLongError } from "../clients/body.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { sampleOf, type Sample } from "./sample.ts";
import { secretOf } from "../clients/secret.ts";

/** One number needs no more, also with all labels of its series. */
const mostBytes = 256 * 1024;

/** Asks a Prometheus, or what speaks its API, for one number. */
export class Prometheus {
  readonly #settings: PrometheusCheck;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #url: URL;
  readonly #agent: Agent;

  /** @param environment - where passwords and tokens may be */
  constructor(settings: PrometheusCheck, environment: NodeJS.ProcessEnv) {
    const { address, timeoutSeconds } = settings;
    this.#settings = settings;
    this.#environment = environment;
    this.#url = new URL(address);
    this.#url.pathname = `${address.pathname.replace(/\/+$/, "")}/api/v1/query`;
    this.#agent = new Agent({ connect: { timeout: timeoutSeconds * 1000 } });
  }

  /** Asks once, within the time for an answer. Never throws but for the signal. */
  async ask(query: string, signal: AbortSignal): Promise<Sample> {
    const { timeoutSeconds } = this.#settings;
    const limit = AbortSignal.timeout(timeoutSeconds * 1000);
    const where = `Prometheus at ${this.#url.origin}`;
    try {
      const response = await request(this.#url, {
        method: "POST",
        dispatcher: this.#agent,
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          ...this.#authorization(),
        },
        body: new URLSearchParams({ query, timeout: `${timeoutSeconds}s` }).toString(),
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: AbortSignal.any([signal, limit]),
      });
      const sample = sampleOf(response.statusCode, await textOf(response.body, mostBytes));
      return sample.type === "number" ? sample : { ...sample, why: `${where} ${sample.why}` };
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted)
        return { type: "nothing", why: `${where} did not answer within ${timeoutSeconds} s` };
      if (error instanceof UsageError)
        return { type: "refused", why: `${where} cannot be asked: ${error.message}` };
      if (error instanceof TooLongError) return { type: "nothing", why: `${where} ${error.message}` };
      return { type: "nothing", why: `${where} cannot be reached: ${reasonOf(error)}` };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #authorization(): { authorization?: string } {
    const { auth } = this.#settings;
    switch (auth?.type) {
      case undefined:
        return {};
      case "basic": {
        const password = secretOf(auth.passwordFrom, this.#environment);
        return { authorization: `Basic ${Buffer.from(`${auth.user}:${password}`).toString("base64")}` };
      }
      case "bearer":
        return { authorization: `Bearer ${secretOf(auth.tokenFrom, this.#environment)}` };
    }
  }
}
