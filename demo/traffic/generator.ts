/**
 * Steady traffic as many users would make it. autocannon, the well-kept tool for this, waits for an answer before it
 * sends the next request on a connection, so an outage would hide most of the requests that it cost; and it counts for
 * a whole run, not for one release.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { createPace } from "./pace.ts";
import { Window, type Counts, type Outcome } from "./window.ts";

const connections = 64;
const tickMs = 10;
/** A user who has waited this long is gone. */
const answerMs = 10_000;
/** More requests than this are never open at once; it takes an outage of a second to get there. */
const mostOpen = 1_000;

export class Generator {
  readonly #pool: Pool;
  readonly #paths: readonly string[];
  readonly #abort = new AbortController();
  #window = new Window();
  #open = 0;
  #asked = 0;

  /** @param paths - what is asked for, in turn */
  constructor(url: string, paths: readonly string[]) {
    this.#paths = paths;
    this.#pool = new Pool(url, {
      connections,
      headersTimeout: answerMs,
      bodyTimeout: answerMs,
      connect: { timeout: answerMs },
    });
  }

  /** Sends requests until it is stopped. */
  async run(perSecond: number): Promise<void> {
    const pace = createPace(perSecond, performance.now());
    try {
      for (;;) {
        await sleep(tickMs, undefined, { signal: this.#abort.signal });
        const due = Math.min(pace(performance.now()), mostOpen - this.#open);
        for (let index = 0; index < due; index += 1) void this.#send();
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }

  /** Ends the window and begins the next. Resolves to what became of the requests begun in it. */
  nextWindow(): Promise<Counts> {
    const window = this.#window;
    this.#window = new Window();
    return window.close();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#pool.destroy();
  }

  async #send(): Promise<void> {
    const end = this.#window.begin();
    this.#open += 1;
    const outcome = await this.#ask();
    this.#open -= 1;
    end(outcome);
  }

  async #ask(): Promise<Outcome> {
    const path = this.#paths[this.#asked++ % this.#paths.length] ?? "/";
    try {
      const { statusCode, body } = await this.#pool.request({ method: "GET", path });
      await body.dump();
      return statusCode >= 500 ? { type: "clientError", status: statusCode } : { type: "answered" };
    } catch (error) {
      return { type: "lost", why: error instanceof Error ? error.message : String(error) };
    }
  }
}
