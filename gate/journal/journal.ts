import type { Holder, Lock } from "../lock/lock.ts";
import { journalRecord, type Act, type Entry, type PulumiRun } from "./entry.ts";

export type JournalOptions = { lock: Lock; key: string; holder: Holder };

/**
 * What this gate is doing, written down before each act, so that another one can go on where this one was killed. It is
 * written only while the lock is held: without it no act begins.
 */
export class Journal {
  readonly #options: JournalOptions;
  #entry: Entry | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** @throws LockedError when the lock is not held any more, and then the act must not begin */
  async begin(doing: Act): Promise<void> {
    await this.#write(() => this.#of(doing, []));
  }

  /** Goes on with what another gate has left, whose Pulumis may still run. */
  async takeOver(doing: Act, pulumi: readonly PulumiRun[]): Promise<void> {
    await this.#write(() => this.#of(doing, [...pulumi]));
  }

  /** A Pulumi is about to run. */
  async runs(run: PulumiRun): Promise<void> {
    await this.#write((before) => before && this.#of(before.doing, [...before.pulumi, run]));
  }

  /** A Pulumi has run to its end. */
  async ran({ process }: PulumiRun): Promise<void> {
    await this.#write(
      (before) =>
        before &&
        this.#of(
          before.doing,
          before.pulumi.filter((each) => each.process.pid !== process.pid),
        ),
    );
  }

  /** There is nothing left to do. */
  async clear(): Promise<void> {
    await this.#write(() => undefined);
  }

  /** Clears it where nothing has been decided: whoever comes next has nothing to go on with. */
  async clearUndecided(): Promise<void> {
    const act = this.#entry?.doing.act;
    if (act === "bring-up" || act === "watch") await this.clear();
  }

  #of(doing: Act, pulumi: PulumiRun[]): Entry {
    return { version: 1, doing, pulumi, by: this.#options.holder, at: new Date().toISOString() };
  }

  /** One after the other: two Pulumis may begin and end at the same time. */
  async #write(change: (before: Entry | undefined) => Entry | undefined): Promise<void> {
    const { lock, key } = this.#options;
    const writing = this.#last.then(async () => {
      const after = change(this.#entry);
      if (after !== undefined) await lock.put(key, journalRecord.encode(after));
      else await lock.delete(key);
      this.#entry = after;
    });
    this.#last = writing.catch(() => undefined);
    await writing;
  }
}
