import { Agent } from "undici";
import type { CounterSettings } from "../../settings/counter.ts";
import type { UrlPath } from "../../settings/names.ts";
import type { Address } from "../clients/consul.ts";
import type { Credentials } from "./credentials.ts";
import type { Question, Wanted } from "./question.ts";

export type WireOptions = {
  /** Route with the counts. */
  path: UrlPath;
  scheme: CounterSettings["scheme"];
  credentials: Credentials;
  /** Seconds after which a question without an answer is given up. */
  answerSeconds: number;
};

const accept: Readonly<Record<Wanted, string>> = {
  counts: "application/json",
  "counts or stream": "text/event-stream, application/json",
};

/** The connections to the instances of one side: kept alive, one for questions and one for a stream each. */
export class Wire {
  readonly #options: WireOptions;
  readonly #agents: Readonly<Record<Wanted, Agent>>;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#agents = { counts: this.#agent(), "counts or stream": this.#agent() };
  }

  /** Asks one instance, but not before the caller has returned; the question hears of what comes. */
  ask({ host, port }: Address, question: Question): void {
    const { path, scheme, credentials } = this.#options;
    const asked = {
      origin: `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`,
      path,
      method: "GET",
      headers: { ...credentials.headers, accept: accept[question.wanted] },
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    // undici cannot take a request while it tells of the end of another.
    queueMicrotask(() => this.#agents[question.wanted].dispatch(asked, question));
  }

  /** Questions that are still open are told of it, unless they were closed before. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#agents).map((agent) => agent.destroy()));
  }

  #agent(): Agent {
    const { credentials, answerSeconds } = this.#options;
    // The question gives up first, so that silence is never taken for a refusal.
    const timeout = answerSeconds * 2_000;
    return new Agent({ connections: 1, allowH2: false, connect: { ...credentials.tls, timeout } });
  }
}
