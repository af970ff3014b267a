/** What became of the requests that were begun in one stretch of time. */
export type Counts = {
  total: number;
  /** Answers with status 500 or above. */
  clientErrors: number;
  /** No answer: refused, reset, timed out. */
  lost: number;
};

export type Outcome = "answered" | "clientError" | "lost";

/** Counts by when a request was begun, so that one that ends in the next window still belongs to its own. */
export class Window {
  readonly #counts: Counts = { total: 0, clientErrors: 0, lost: 0 };
  readonly #settled = Promise.withResolvers<undefined>();
  #open = 0;
  #closed = false;

  begin(): (outcome: Outcome) => void {
    this.#counts.total += 1;
    this.#open += 1;
    return (outcome) => {
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
    return { ...this.#counts };
  }

  #settle(): void {
    if (this.#closed && this.#open === 0) this.#settled.resolve(undefined);
  }
}
