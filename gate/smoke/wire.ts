import { Agent, request } from "undici";
import { counter as counterSettings, type CounterSettings } from "../../settings/counter.ts";
import type { SmokeTest } from "../../settings/smoke.ts";
import { textOf, TooLongError } from "../clients/body.ts";
import type { Address } from "../clients/consul.ts";
import { credentialsOf } from "../count/credentials.ts";
import { reasonOf } from "../errors.ts";
import { faultOf } from "./expectation.ts";
import { hiding, secretHeadersOf } from "./secrets.ts";

const mostBytes = 1024 * 1024;

/** Sends tests to instances, each on a connection of its own, until it is closed. */
export class SmokeWire {
  readonly #agent: Agent;
  readonly #scheme: SmokeTest["scheme"];
  readonly #environment: NodeJS.ProcessEnv;

  /**
   * What instances show over TLS, and are shown, is as for the counts; the header that is sent for these is not.
   *
   * @throws UsageError for a certificate that cannot be read
   */
  constructor(counter: CounterSettings = counterSettings.parse({}), environment: NodeJS.ProcessEnv) {
    const { tls } = credentialsOf({ ...counter, headerFrom: undefined }, environment);
    // The time for the whole answer is over first.
    const connect = { ...tls, timeout: 120_000 };
    this.#agent = new Agent({ pipelining: 0, allowH2: false, connect });
    this.#scheme = counter.port === undefined ? counter.scheme : "http";
    this.#environment = environment;
  }

  /**
   * Sends a test once. Resolves to undefined for a good answer, else to what was wrong, as the end of a sentence.
   *
   * @throws UsageError for a secret that is not there, and what the signal throws
   */
  async send(test: SmokeTest, { host, port }: Address, signal: AbortSignal): Promise<string | undefined> {
    const { method, path, scheme = this.#scheme, headers, body, timeoutSeconds } = test;
    const secret = secretHeadersOf(test, this.#environment);
    const hide = hiding(secret);
    const limit = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      // A redirect is an answer: it is not followed.
      const response = await request(
        `${scheme ?? "http"}://${host.includes(":") ? `[${host}]` : host}:${port}${path}`,
        {
          dispatcher: this.#agent,
          method,
          headers: { ...headers, ...secret },
          body: body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
          signal: AbortSignal.any([signal, limit]),
        },
      );
      return faultOf(
        test,
        { status: response.statusCode, body: await textOf(response.body, mostBytes) },
        hide,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) return `did not answer within ${timeoutSeconds} s`;
      if (error instanceof TooLongError) return error.message;
      return `could not be reached: ${hide(reasonOf(error))}`;
    }
  }

  /** Breaks off what is still under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
