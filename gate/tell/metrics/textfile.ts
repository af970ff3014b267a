import { constants, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "../../errors.ts";

/** It is written at most so often. */
const apartMs = 1_000;
/** How long the end waits for the disk. */
const closeMs = 5_000;

const { O_WRONLY, O_CREAT, O_EXCL } = constants;

export type TextfileOptions = {
  path: string;
  text: () => string;
  /** Told once. */
  onWarning: (why: string) => void;
};

/**
 * Keeps a file of metrics up to date for node_exporter's textfile collector: each time as a whole, so that nobody reads
 * a half. A release does not depend on it. Whoever opens it closes it.
 */
export class Textfile {
  readonly #options: TextfileOptions;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #isChanged = false;
  #hasWarned = false;

  constructor(options: TextfileOptions) {
    this.#options = options;
  }

  /** There is something new to write, sooner or later. */
  changed(): void {
    this.#isChanged = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, apartMs);
  }

  /** Writes the last time, and waits for it, but not for ever. Never throws. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const limit = setTimeout(resolve, closeMs, "late");
    const written = this.#writeLast();
    if ((await Promise.race([written, late])) === "late") this.#warn("the disk is too slow for it");
    clearTimeout(limit);
  }

  async #writeLast(): Promise<"written"> {
    await this.#writing;
    await this.#write();
    return "written";
  }

  async #write(): Promise<void> {
    if (this.#writing !== undefined || !this.#isChanged) return;
    this.#isChanged = false;
    this.#writing = this.#replace();
    await this.#writing;
    this.#writing = undefined;
  }

  async #replace(): Promise<void> {
    const { path, text } = this.#options;
    const content = text();
    if (content === "") return;
    // node_exporter passes over names that do not end in .prom.
    const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
    try {
      await rm(beside, { force: true });
      const file = await open(beside, O_WRONLY | O_CREAT | O_EXCL, 0o644);
      try {
        await file.writeFile(content);
      } finally {
        await file.close();
      }
      await rename(beside, path);
    } catch (error) {
      this.#warn(reasonOf(error));
      await rm(beside, { force: true }).catch(() => undefined);
    }
  }

  #warn(why: string): void {
    if (!this.#hasWarned)
      this.#options.onWarning(`the metrics cannot be written to ${this.#options.path}: ${why}`);
    this.#hasWarned = true;
  }
}
