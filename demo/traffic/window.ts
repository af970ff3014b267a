import { createHistogram } from "node:perf_hooks";

/** What became of the requests that were begun in one stretch of time. */
export type Counts = {
  total: number;
  /** Answers with status 500 or above. */
  clientErrors: number;
  /** No answer: refused, reset, timed out. */
  lost: number;
  /** Milliseconds that 99 % of all requests had to wait at most, however they ended; 0 without requests. */
  p99Ms: number;
};

export type Outcome = "answered" | "clientError" | "lost";

/** Counts by when a request was begun, so that one that ends in the next window still belongs to its own. */
export class Window {
  readonly #counts = { total: 0, clientErrors: 0, lost: 0 };
  /** Of the waits, in microseconds. */
  readonly #waits = createHistogram();
  readonly #settled = Promise.withResolvers<undefined>();
  readonly #now: () => number;
  #open = 0;
  #closed = false;

  /** @param now - milliseconds, of a clock that never jumps */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  begin(): (outcome: Outcome) => void {
    this.#counts.total += 1;
    this.#open += 1;
    const start = this.#now();
    return (outcome) => {
      this.#waits.record(Math.max(1, Math.round((this.#now() - start) * 1000)));
      if (outcome === "clientError") this.#counts.clientErrors += 1;
      if (outcome === "lost") this.#counts.lost += 1;
      this.#open -= 1;
      this.#settle();
    };
  }

  /** Resolves when the last of its requests has ended. */
  async close(): Promise<Counts> {
    this.#closed = true;
    this.#settle();
    await this.#settled.promise;
    const p99Ms = this.#counts.total === 0 ? 0 : this.#waits.percentile(99) / 1000;
    return { ...this.#counts, p99Ms };
  }

  #settle(): void {
    if (this.#closed && this.#open === 0) this.#settled.resolve(undefined);
  }
}
