import { Agent, request, type Dispatcher } from "undici";
import { z } from "zod";
import { textOf } from "./body.ts";
import { AnswerError, reasonOf, UnreachableError } from "../errors.ts";

const answerMs = 10_000;
const connectMs = 3_000;
/** Lists of instances and allocations of large services are a few MB. */
const mostBytes = 64 * 1024 * 1024;

export type Question = {
  method?: Dispatcher.HttpMethod;
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: string;
  /** For how long the server may hold the question back, as blocking queries do. */
  holdMs?: number;
  signal?: AbortSignal | undefined;
  /** What a token must be allowed to do for it, where the server's own refusal does not say so. */
  right?: string;
};

export type Reply = { status: number; index: number; text: string };

/** A server's HTTP API: one address, one token, one place, kept-alive connections. */
export class Endpoint {
  readonly #name: string;
  readonly #address: URL;
  readonly #headers: Record<string, string>;
  readonly #place: Readonly<Record<string, string>>;
  readonly #indexHeader: string;
  readonly #agent = new Agent({ connect: { timeout: connectMs } });

  /** @param place - query of each question, by which the server hands it on to where it is meant for */
  constructor(
    name: string,
    address: URL,
    token: string | undefined,
    place: Readonly<Record<string, string>> = {},
  ) {
    this.#place = place;
    this.#name = name;
    this.#address = address;
    this.#headers = token === undefined || token === "" ? {} : { [`x-${name.toLowerCase()}-token`]: token };
    this.#indexHeader = `x-${name.toLowerCase()}-index`;
  }

  /**
   * Asks, and hands out the answer as it is, also when its status is an error that the caller expects.
   *
   * @throws UnreachableError when there is no answer, or the server says that it cannot at the moment
   */
  async ask(question: Question, expected: readonly number[] = []): Promise<Reply> {
    const { method = "GET", path, query = {}, body, holdMs = 0, signal, right } = question;
    const limit = AbortSignal.timeout(answerMs + holdMs * 1.1);
    let reply: Reply;
    let isFiltered: boolean;
    try {
      const response = await request(new URL(path, this.#address), {
        dispatcher: this.#agent,
        method,
        query: { ...this.#place, ...query },
        headers: this.#headers,
        body: body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      reply = {
        status: response.statusCode,
        index: Number(response.headers[this.#indexHeader] ?? 0),
        text: await textOf(response.body, mostBytes),
      };
      isFiltered = response.headers["x-consul-results-filtered-by-acls"] === "true";
    } catch (error) {
      signal?.throwIfAborted();
      throw new UnreachableError(`${this.#where()} cannot be reached: ${reasonOf(error)}`, { cause: error });
    }
    if (isFiltered) {
      // What a token may not read is missing from Consul's answer, as if it were not there.
      throw new AnswerError(
        `${this.#where()} left out of its answer to ${method} ${path} what the token may not read. ` +
          lacking(right ?? "to read all of it"),
        403,
      );
    }
    if (reply.status < 300 || expected.includes(reply.status)) return reply;
    const said = `${this.#where()} answered ${reply.status} to ${method} ${path}: ${reply.text.trim().slice(0, 300)}`;
    // Nomad says no more than this to a token that it knows.
    if (reply.status === 403 && right !== undefined && /^Permission denied\s*$/.test(reply.text))
      throw new AnswerError(`${said}. ${lacking(right)}`, reply.status);
    if (reply.status >= 500 || reply.status === 429) throw new UnreachableError(said);
    throw new AnswerError(said, reply.status);
  }

  /** The answer's JSON, checked. */
  parse<Schema extends z.ZodType>(schema: Schema, question: Question, reply: Reply): z.output<Schema> {
    const parsed = schema.safeParse(json(reply.text));
    if (parsed.success) return parsed.data;
    throw new AnswerError(
      `${this.#where()} answered ${question.path} with something else than its API promises: ` +
        z.prettifyError(parsed.error).replaceAll("\n", " "),
      reply.status,
      { cause: parsed.error },
    );
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** Without path, user and password. */
  #where(): string {
    return `${this.#name} at ${this.#address.origin}`;
  }
}

function lacking(right: string): string {
  return `The token lacks the right ${right} (docs/acl.md has all that a gate needs).`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
