import { constants, open, type FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { reasonOf } from "../errors.ts";

/** What may wait for a slow disk. */
const mostWaiting = 16 * 1024 * 1024;
/** How large a file may become. */
const mostInAll = 512 * 1024 * 1024;
/** How long the end waits for the disk. */
const closeMs = 5_000;

/** A pipe that nobody reads fails at once instead of waiting for a reader. */
const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants;
const flags = O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK;

/** Appends to a file without ever making the writer wait. Its first failure is told once; what comes after is dropped. */
export class Appender {
  readonly #file: FileHandle;
  readonly #onFailure: (why: string) => void;
  #waiting: string[] = [];
  #waitingLength = 0;
  #length = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  private constructor(file: FileHandle, onFailure: (why: string) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Begins the file anew, readable by its owner alone. */
  static async open(path: string, onFailure: (why: string) => void): Promise<Appender> {
    const file = await open(path, flags, 0o600);
    try {
      // It may have been there with another mode; a device keeps its own.
      if ((await file.stat()).isFile()) await file.chmod(0o600);
      return new Appender(file, onFailure);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  write(text: string): void {
    if (this.#failed) return;
    this.#length += text.length;
    this.#waitingLength += text.length;
    if (this.#length > mostInAll) {
      this.#fail(`it would be larger than ${mostInAll / 1024 / 1024} MiB`);
    } else if (this.#waitingLength > mostWaiting) {
      this.#fail("the disk is too slow for it");
    } else {
      this.#waiting.push(text);
      this.#writing ??= this.#write();
    }
  }

  /** Waits for what is left, but not for ever. Never throws; may be called again. */
  async close(): Promise<void> {
    const late = new AbortController();
    const limit = delay(closeMs, "late", { signal: late.signal }).catch(() => "late");
    const finished = this.#finish();
    if ((await Promise.race([finished, limit])) === "late") this.#fail("the disk is too slow for it");
    late.abort();
  }

  async #finish(): Promise<"finished"> {
    await this.#writing;
    try {
      await this.#file.close();
    } catch (error) {
      this.#fail(reasonOf(error));
    }
    return "finished";
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const text = this.#waiting.join("");
        this.#waiting = [];
        this.#waitingLength = 0;
        await this.#file.appendFile(text);
      }
    } catch (error) {
      this.#fail(reasonOf(error));
    } finally {
      this.#writing = undefined;
    }
  }

  #fail(why: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#waiting = [];
    this.#onFailure(why);
  }
}
