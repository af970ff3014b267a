import { Agent, request } from "undici";
import { textOf } from "../clients/body.ts";
import type { Address } from "../clients/consul.ts";
import { AnswerError, reasonOf, UnreachableError } from "../errors.ts";
import { serversIn, type Server } from "./server-list.ts";
import { statsOf, type Stats } from "./stats.ts";

/** A row has a few hundred bytes; HAProxy with tens of thousands of servers stays below. */
const mostBytes = 32 * 1024 * 1024;

/** One look at a HAProxy. */
export type Look = Stats & {
  /** Another one after each start of HAProxy. */
  life: string;
  carried: Stats["rows"];
};

/** An answer, and the process of HAProxy that gave it. */
type Answered = { text: string; process: string };

/** Reads the statistics of HAProxies. */
export class Reader {
  readonly #seconds: number;
  readonly #agent: Agent;

  constructor(answerSeconds: number) {
    this.#seconds = answerSeconds;
    this.#agent = new Agent({ connections: 1, connect: { timeout: answerSeconds * 1000 } });
  }

  /** @throws UnreachableError without an answer, AnswerError when it is not that of our HAProxy */
  async look(address: Address, backend: string, signal: AbortSignal): Promise<Look> {
    for (;;) {
      const before = await this.#get(address, "/nary/carried", signal);
      const now = await this.#get(address, "/;csv;norefresh", signal);
      const [first = "", ...rest] = before.text.split("\n");
      const life = /^life,(\S+)$/.exec(first)?.[1];
      if (life === undefined || before.process === "")
        throw new AnswerError("it is no HAProxy of Nary's", 200);
      // A reload came in between.
      if (before.process !== now.process) continue;
      return { life, carried: statsOf(rest.join("\n"), backend).rows, ...statsOf(now.text, backend) };
    }
  }

  /**
   * The servers that a HAProxy has for a service now.
   *
   * @throws UnreachableError without an answer, AnswerError when it is not that of our HAProxy
   */
  async servers(address: Address, backend: string): Promise<Server[]> {
    const { text, process } = await this.#get(address, "/;csv;norefresh");
    if (process === "") throw new AnswerError("it is no HAProxy of Nary's", 200);
    return serversIn(text, backend);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #get({ host, port }: Address, path: string, signal?: AbortSignal): Promise<Answered> {
    const limit = AbortSignal.timeout(this.#seconds * 1000);
    const origin = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    try {
      const response = await request(new URL(path, origin), {
        dispatcher: this.#agent,
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      const text = await textOf(response.body, mostBytes);
      if (response.statusCode === 200)
        return { text, process: String(response.headers["nary-process"] ?? "") };
      throw new AnswerError(`it answered ${response.statusCode} to ${path}`, response.statusCode);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AnswerError) throw error;
      const why = limit.aborted ? `no answer within ${this.#seconds} s` : reasonOf(error);
      throw new UnreachableError(why, { cause: error });
    }
  }
}
