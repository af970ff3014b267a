import { InterruptedError } from "./errors.ts";
import type { Tell } from "./tell/events.ts";

/**
 * What an interruption by the user does: it ends a wait at once, and an act never: that one is finished, and the
 * command ends after it.
 */
export class Interrupts {
  readonly #controller = new AbortController();
  readonly #tell: Tell;
  #act: string | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Aborts at the first interruption. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get requested(): boolean {
    return this.signal.aborted;
  }

  /** The user wants to stop. */
  request(): void {
    this.#controller.abort();
    const why =
      this.#act === undefined
        ? "interrupted: stopping"
        : `interrupted: ${this.#act} is finished first, nothing is cut in half`;
    this.#tell({ event: "interrupted", why });
  }

  /** Does what must not be cut; the name of it is told to a user who interrupts meanwhile. */
  async finishing<T>(name: string, act: () => Promise<T>): Promise<T> {
    const outer = this.#act;
    this.#act = outer ?? name;
    try {
      return await act();
    } finally {
      this.#act = outer;
    }
  }

  /** Ends here what the user has interrupted. */
  throwIfRequested(): void {
    if (this.requested) throw new InterruptedError("nothing was deployed or destroyed");
  }
}
