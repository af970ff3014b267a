import { setTimeout as sleep } from "node:timers/promises";

/** Where batches go. Fails when a batch was not taken; it is sent again then, whole. */
export type Send<Item> = (batch: readonly Item[]) => Promise<unknown>;

export type QueueOptions = {
  /** Rows of one batch at most; 500 unless given. */
  batchRows?: number;
  /** Seconds after which a batch goes that is not full; 10 unless given. */
  everySeconds?: number;
  /** Rows that wait at most; the oldest are dropped and counted then. 20,000 unless given. */
  mostRows?: number;
};

const againFromMs = 500;
const againToMs = 60_000;

/**
 * Sends what is added in batches, one at a time, and again after a while what was not taken. Keeps so much and no more,
 * however long nobody takes it. Whoever makes it ends it.
 */
export class Queue<Item> {
  readonly #send: Send<Item>;
  readonly #batchRows: number;
  readonly #mostRows: number;
  readonly #everyMs: number;
  readonly #over = new AbortController();
  readonly #sending: Promise<void>;
  #waiting: Item[] = [];
  #wake = Promise.withResolvers<undefined>();
  #failures = 0;
  /** Rows that were dropped, as there were too many. */
  dropped = 0;
  /** Why the last batch was not taken; undefined once one is. */
  trouble: string | undefined;

  constructor(
    send: Send<Item>,
    { batchRows = 500, everySeconds = 10, mostRows = 20_000 }: QueueOptions = {},
  ) {
    this.#send = send;
    this.#batchRows = batchRows;
    this.#mostRows = mostRows;
    this.#everyMs = everySeconds * 1000;
    this.#sending = this.#run();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(item: Item): void {
    if (this.#over.signal.aborted) return;
    this.#waiting.push(item);
    if (this.#waiting.length > this.#mostRows) this.#drop();
    if (this.#waiting.length >= this.#batchRows) this.#wake.resolve(undefined);
  }

  /** Many at a time, since each time moves all that stay. */
  #drop(): void {
    const dropped = Math.max(this.#waiting.length - this.#mostRows, Math.ceil(this.#mostRows / 100));
    this.#waiting = this.#waiting.slice(dropped);
    this.dropped += dropped;
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const wait = this.#failures === 0 ? this.#everyMs : this.#againMs();
      const due = sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
      // A full batch does not wait, unless nobody takes it.
      await (this.#failures === 0 ? Promise.race([due, this.#wake.promise]) : due);
      this.#wake = Promise.withResolvers();
      await this.#sendAll();
    }
  }

  #againMs(): number {
    const most = Math.min(againFromMs * 2 ** (this.#failures - 1), againToMs);
    return most * (0.5 + Math.random() / 2);
  }

  /** Sends until nothing is left or a batch is not taken. */
  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#batchRows);
      const before = this.dropped;
      try {
        await this.#send(batch);
      } catch (error) {
        this.#failures += 1;
        this.trouble = error instanceof Error ? error.message : String(error);
        return;
      }
      this.#failures = 0;
      this.trouble = undefined;
      // Some of the batch may have been dropped while it was sent, and are no loss then.
      const gone = Math.min(this.dropped - before, batch.length);
      this.dropped -= gone;
      this.#waiting = this.#waiting.slice(batch.length - gone);
    }
  }

  /**
   * Sends what waits, once more if need be, and takes no more.
   *
   * @param seconds - after which what is left is given up
   * @returns how many rows were left
   */
  async end(seconds: number): Promise<number> {
    this.#over.abort();
    const late = new AbortController();
    const deadline = sleep(seconds * 1000, undefined, { signal: late.signal }).catch(() => undefined);
    const rest = (async () => {
      await this.#sending;
      while (this.#waiting.length > 0 && !late.signal.aborted) {
        await this.#sendAll();
        if (this.#waiting.length > 0)
          await sleep(againFromMs, undefined, { signal: late.signal }).catch(() => undefined);
      }
    })();
    await Promise.race([rest, deadline]);
    late.abort();
    return this.#waiting.length;
  }
}
