import { createHistogram } from "node:perf_hooks";

/** What became of the requests that were begun in one stretch of time. */
export type Counts = {
  total: number;
  /** Answers with status 500 or above. */
  clientErrors: number;
  /** No answer: refused, reset, timed out. */
  lost: number;
  /** The first of them, one sentence each. */
  failures: readonly string[];
  /** Milliseconds that 99 % of all requests had to wait at most, however they ended; 0 without requests. */
  p99Ms: number;
};

export type Outcome =
  { type: "answered" } | { type: "clientError"; status: number } | { type: "lost"; why: string };

const mostFailures = 20;

/** Counts by when a request was begun, so that one that ends in the next window still belongs to its own. */
export class Window {
  readonly #counts = { total: 0, clientErrors: 0, lost: 0 };
  /** Of the waits, in microseconds. */
  readonly #waits = createHistogram();
  readonly #settled = Promise.withResolvers<undefined>();
  readonly #failures: string[] = [];
  readonly #now: () => number;
  readonly #began: number;
  #open = 0;
  #closed = false;

  /** @param now - milliseconds, of a clock that never jumps */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#began = now();
  }

  begin(): (outcome: Outcome) => void {
    this.#counts.total += 1;
    this.#open += 1;
    const start = this.#now();
    return (outcome) => {
      this.#waits.record(Math.max(1, Math.round((this.#now() - start) * 1000)));
      this.#take(outcome, start);
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
    return { ...this.#counts, failures: this.#failures, p99Ms };
  }

  #take(outcome: Outcome, start: number): void {
    if (outcome.type === "answered") return;
    const isLost = outcome.type === "lost";
    if (isLost) this.#counts.lost += 1;
    else this.#counts.clientErrors += 1;
    if (this.#failures.length === mostFailures) return;
    const [after, waited] = [start - this.#began, this.#now() - start];
    const what = isLost ? `had no answer (${outcome.why})` : `was answered with ${outcome.status}`;
    this.#failures.push(
      `a request of second ${(after / 1000).toFixed(1)} ${what} after ${Math.round(waited)} ms`,
    );
  }

  #settle(): void {
    if (this.#closed && this.#open === 0) this.#settled.resolve(undefined);
  }
}
