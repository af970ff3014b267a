import { Agent, request } from "undici";
import { z } from "zod";
import type { CounterSettings } from "../../settings/counter.ts";
import type { UrlPath } from "../../settings/names.ts";
import { textOf } from "../clients/body.ts";
import type { Address } from "../clients/consul.ts";
import { credentialsOf } from "./credentials.ts";

const mostBytes = 256 * 1024;
const mostErrors = 200;

/** Of what an instance tells, what is worth keeping; whatever cannot be read is left out. */
const told = z
  .object({
    errorCount: z.number().optional().catch(undefined),
    requestCount: z.number().optional().catch(undefined),
    failedRequests: z.number().optional().catch(undefined),
    /** The kit's newest errors; another service may tell them in a form of its own. */
    recentErrors: z
      .array(z.unknown())
      .transform((errors) => errors.slice(-mostErrors))
      .optional()
      .catch(undefined),
  })
  .strip();
export type LastTold = z.infer<typeof told>;

/** Asks instances of one side a last time what they have counted and which errors they had. Closed by who opens it. */
export class LastQuestions {
  readonly #agent: Agent;
  readonly #path: UrlPath;
  readonly #scheme: CounterSettings["scheme"];
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws UsageError for a secret or certificate that cannot be read */
  constructor(path: UrlPath, how: CounterSettings) {
    const { tls, headers } = credentialsOf(how);
    this.#path = path;
    this.#scheme = how.scheme;
    this.#headers = { ...headers, accept: "application/json" };
    this.#agent = new Agent({ connections: 1, allowH2: false, connect: tls });
  }

  /** @throws whatever keeps it from answering with an object */
  async ask({ host, port }: Address, signal: AbortSignal): Promise<LastTold> {
    const origin = `${this.#scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
    const { statusCode, body } = await request(origin + this.#path, {
      dispatcher: this.#agent,
      headers: this.#headers,
      signal,
    });
    const text = await textOf(body, mostBytes);
    if (statusCode !== 200) throw new Error(`it answered HTTP ${statusCode}`);
    const parsed = told.safeParse(json(text));
    // Without a word of what it said, which may be anything.
    if (!parsed.success) throw new Error("its answer is no JSON object");
    return parsed.data;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
