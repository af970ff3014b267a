/** Keys that are remembered; the one that was silent longest goes first. */
const mostKeys = 1_000;

/**
 * Lets one of a kind pass in each period, and counts those that it holds back.
 *
 * @param periodMs - from one that passes to the next
 */
export class OnceIn {
  readonly #periodMs: number;
  readonly #passed = new Map<string, { at: number; held: number }>();

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /**
   * @param now - by a clock that never jumps, in milliseconds
   * @returns how many were held back since the last one that passed; undefined for one that is held back
   */
  pass(key: string, now: number): number | undefined {
    const last = this.#passed.get(key);
    if (last !== undefined && now - last.at < this.#periodMs) {
      last.held += 1;
      return undefined;
    }
    this.#passed.delete(key);
    this.#passed.set(key, { at: now, held: 0 });
    const oldest = this.#passed.keys().next();
    if (this.#passed.size > mostKeys && oldest.done !== true) this.#passed.delete(oldest.value);
    return last?.held ?? 0;
  }
}
