import { spawn } from "node:child_process";
import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";

export type Ran = { stdout: string; stderr: string; code: number };

export type RunApart = {
  folder: string;
  environment: NodeJS.ProcessEnv;
  onOutput?: ((text: string) => void) | undefined;
  /** Told of the process before the program runs in it; the program never runs where this fails or this process ends. */
  onStart?: ((pid: number) => Promise<void>) | undefined;
};

const tailMs = 100;

/** Waits for a word before it becomes the program, in the same process. Without that word it ends. */
const gated = 'read -r _ && exec "$@" </dev/null';

/**
 * Runs a program in a session of its own, so that a Ctrl-C in the terminal, which goes to a whole process group, does
 * not cut it in half. It writes to files that only open handles know, so that it goes on to its end, too, should this
 * process be killed; a pipe without a reader would kill it at its next word.
 *
 * A program that does not exist ends with 127, as in a shell.
 *
 * @throws what `onStart` throws, and then the program has not run
 */
export async function runApart(program: string, args: readonly string[], options: RunApart): Promise<Ran> {
  const output = await Output.open(options.onOutput);
  try {
    const code = await runInto(output, program, args, options);
    return { ...(await output.all()), code };
  } finally {
    await output.close();
  }
}

async function runInto(
  { stdout, stderr }: Output,
  program: string,
  args: readonly string[],
  { folder, environment, onStart }: RunApart,
): Promise<number> {
  const child = spawn("/bin/sh", ["-c", gated, "sh", program, ...args], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ["pipe", stdout.fd, stderr.fd],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? -1);
    });
  });
  // Owned by what comes below, which may fail first.
  ended.catch(() => undefined);
  // What has ended takes no word; how it ended is told by its end.
  child.stdin?.on("error", () => undefined);
  try {
    if (child.pid !== undefined) await onStart?.(child.pid);
    child.stdin?.end("go\n");
  } catch (error) {
    child.stdin?.end();
    await ended.catch(() => undefined);
    throw error;
  }
  return await ended;
}

/** Two files without a name, and what is written to them. */
class Output {
  readonly stdout: FileHandle;
  readonly stderr: FileHandle;
  readonly #tails: Tail[];
  readonly #ticker: NodeJS.Timeout | undefined;

  private constructor(stdout: FileHandle, stderr: FileHandle, onOutput?: (text: string) => void) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.#tails = [new Tail(stdout, onOutput), new Tail(stderr, onOutput)];
    if (onOutput === undefined) return;
    this.#ticker = setInterval(() => {
      for (const tail of this.#tails) void tail.read();
    }, tailMs);
  }

  static async open(onOutput?: (text: string) => void): Promise<Output> {
    const folder = await mkdtemp(join(tmpdir(), "nary-output-"));
    try {
      const stdout = await open(join(folder, "stdout"), "ax+", 0o600);
      const stderr = await open(join(folder, "stderr"), "ax+", 0o600);
      return new Output(stdout, stderr, onOutput);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** All that was written. */
  async all(): Promise<{ stdout: string; stderr: string }> {
    clearInterval(this.#ticker);
    const [stdout = "", stderr = ""] = await Promise.all(this.#tails.map((tail) => tail.all()));
    return { stdout, stderr };
  }

  async close(): Promise<void> {
    clearInterval(this.#ticker);
    await Promise.all(this.#tails.map((tail) => tail.read()));
    await Promise.all([this.stdout.close(), this.stderr.close()]);
  }
}

const chunkBytes = 64 * 1024;

/** Reads what is appended to a file. */
class Tail {
  readonly #file: FileHandle;
  readonly #onText: ((text: string) => void) | undefined;
  readonly #decoder = new StringDecoder("utf8");
  readonly #buffer = Buffer.alloc(chunkBytes);
  #position = 0;
  #text = "";
  #reading: Promise<void> | undefined;

  constructor(file: FileHandle, onText?: (text: string) => void) {
    this.#file = file;
    this.#onText = onText;
  }

  /** Reads on to what is the end now. Never throws: what cannot be read is missing. */
  read(): Promise<void> {
    this.#reading ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async all(): Promise<string> {
    // One that is under way may have passed the end before the last word came.
    await this.read();
    await this.read();
    return this.#text;
  }

  async #read(): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#buffer, 0, chunkBytes, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const text = this.#decoder.write(this.#buffer.subarray(0, bytesRead));
      this.#text += text;
      if (text !== "") this.#onText?.(text);
    }
  }
}
