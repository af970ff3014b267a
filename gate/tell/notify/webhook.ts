import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { isReadable, readableError, webhookUrl, type WebhookSettings } from "../../../settings/notify.ts";
import { secretOf } from "../../clients/secret.ts";
import { many } from "../../decide/words.ts";
import { reasonOf, UsageError } from "../../errors.ts";
import { jsonBody, type Message } from "./message.ts";
import { answeredBy, pauseMs, type Answered } from "./retry.ts";
import { keyOf, signedHeaders, unsignedHeaders } from "./sign.ts";
import { slackBody } from "./slack.ts";

/** Messages that may wait for a receiver; the oldest go first where there are more. */
const mostWaiting = 200;
/** What is read of an answer, which says nothing that would be used. */
const mostBytes = 16 * 1024;

const tooLate = "the command ended before it was taken";

export type WebhookOptions = {
  settings: WebhookSettings;
  /** What it is called in a warning, beside its host: the key of its setting. */
  name: string;
  /** Where secrets may be. */
  environment: NodeJS.ProcessEnv;
  /** Told once, with the first message that was not delivered. */
  onWarning: (why: string) => void;
  /** Told of each message. */
  onOutcome?: ((outcome: "delivered" | "failed") => void) | undefined;
};

type Queued = { id: string; body: string };

/** Sends messages one after the other, and never makes anybody wait. Whoever opens it closes it. */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #agent: Agent;
  readonly #over = new AbortController();
  readonly #waiting: Queued[] = [];
  #sending: Promise<void> | undefined;
  #failed = 0;
  #why = "";
  #isClosing = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#agent = new Agent({ connect: { timeout: options.settings.timeoutSeconds * 1000 }, connections: 1 });
  }

  /** @throws UsageError that says what is missing or cannot be used, without a word of what it is */
  check(): void {
    this.#url();
    this.#key();
  }

  send(message: Message): void {
    const body = this.#options.settings.format === "slack" ? slackBody(message) : jsonBody(message);
    this.#waiting.push({ id: `msg_${randomUUID()}`, body });
    if (this.#waiting.length > mostWaiting) {
      this.#waiting.shift();
      this.#fail("more messages wait than it takes");
    }
    this.#sending ??= this.#sendAll();
  }

  /**
   * Waits for what is not delivered yet until the signal, and gives up the rest. Resolves to a sentence where something
   * was not delivered.
   */
  async close(limit: AbortSignal): Promise<string | undefined> {
    this.#isClosing = true;
    const abort = () => {
      this.#over.abort();
    };
    if (limit.aborted) abort();
    limit.addEventListener("abort", abort, { once: true });
    try {
      await this.#sending;
    } finally {
      limit.removeEventListener("abort", abort);
    }
    await this.#agent.destroy();
    if (this.#failed === 0) return undefined;
    return `${this.#options.name} was not told ${many(this.#failed, "message")}: ${this.#why}`;
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (this.#over.signal.aborted) this.#fail(tooLate);
      else await this.#deliver(next);
    }
    this.#sending = undefined;
  }

  async #deliver(message: Queued): Promise<void> {
    for (let tried = 1; ; tried++) {
      const answered = await this.#try(message);
      if (answered.type === "taken") {
        this.#options.onOutcome?.("delivered");
        return;
      }
      if (answered.type === "later" && tried < this.#options.settings.tries) {
        const pause = pauseMs(tried, answered.afterMs, Math.random());
        if (await this.#slept(pause)) continue;
      }
      this.#fail(answered.why);
      return;
    }
  }

  /** Whether the pause came to its end. */
  async #slept(ms: number): Promise<boolean> {
    const { signal } = this.#over;
    return await sleep(ms, true, { signal }).catch(() => false);
  }

  async #try({ id, body }: Queued): Promise<Answered> {
    const { signal } = this.#over;
    const limit = AbortSignal.timeout(this.#options.settings.timeoutSeconds * 1000);
    try {
      const at = new Date();
      const key = this.#key();
      const signature = key === undefined ? unsignedHeaders(id, at) : signedHeaders(key, id, at, body);
      const response = await request(this.#url(), {
        method: "POST",
        dispatcher: this.#agent,
        headers: { "content-type": "application/json", "user-agent": "nary", ...signature },
        body,
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: AbortSignal.any([signal, limit]),
      });
      const after = response.headers["retry-after"];
      // What was answered counts, whether the rest of it comes or not.
      await response.body.dump({ limit: mostBytes }).catch(() => undefined);
      return answeredBy(response.statusCode, typeof after === "string" ? after : undefined, at);
    } catch (error) {
      if (error instanceof UsageError) return { type: "refused", why: error.message };
      const why = limit.aborted ? "it did not answer in time" : `it cannot be reached: ${reasonOf(error)}`;
      return { type: "later", why: signal.aborted ? tooLate : why, afterMs: undefined };
    }
  }

  #fail(why: string): void {
    this.#failed += 1;
    this.#why = why;
    this.#options.onOutcome?.("failed");
    // What is given up at the end is told by who closes it.
    if (this.#failed === 1 && !this.#isClosing)
      this.#options.onWarning(`${this.#options.name} was not told: ${why}`);
  }

  #url(): URL {
    const { where, plainHttp } = this.#options.settings;
    if ("url" in where) return where.url;
    const url = webhookUrl(secretOf(where.from, this.#options.environment));
    if (url === undefined) throw new UsageError("what its urlFrom has is no address of a webhook");
    if (isReadable(url) && !plainHttp) throw new UsageError(`what its urlFrom has ${readableError}`);
    return url;
  }

  #key(): Buffer | undefined {
    const { secretFrom } = this.#options.settings;
    return secretFrom === undefined ? undefined : keyOf(secretOf(secretFrom, this.#options.environment));
  }
}
