import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a secret was found: its name, and the place. */
export type Find = `${string} in ${string}`;

/** Secrets that must be found nowhere, in none of the spellings in which they could be written. */
export class Planted {
  readonly #needles: readonly { name: string; needle: string }[];
  readonly #finds = new Set<Find>();

  constructor(secrets: Readonly<Record<string, string>>) {
    this.#needles = Object.entries(secrets).flatMap(([name, secret]) =>
      spellings(secret).map((needle) => ({ name, needle })),
    );
  }

  /** Looks for them in a text. */
  look(place: string, text: string): void {
    for (const { name, needle } of this.#needles)
      if (text.includes(needle)) this.#finds.add(`${name} in ${place}`);
  }

  /** Looks for them in all files below a folder; what goes meanwhile is passed over. */
  async lookBelow(folder: string): Promise<number> {
    let files = 0;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) continue;
      files += 1;
      this.look(path, text);
    }
    return files;
  }

  /** Looks for them in the command lines of all processes. Resolves to how many there were. */
  async lookAtProcesses(): Promise<number> {
    const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const seen = await Promise.all(
      processes.map(async (pid) => {
        const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
        if (text === undefined) return 0;
        const program = await readlink(`/proc/${pid}/exe`).catch(() => "a program");
        this.look(`the command line of ${program}`, text);
        return 1;
      }),
    );
    return seen.filter((one) => one === 1).length;
  }

  /** Looks again and again at the processes and at a folder of temporary files until it is stopped. */
  watch(temporary: string): () => Promise<{ looks: number; files: number }> {
    const over = new AbortController();
    let looks = 0;
    let files = 0;
    const watching = (async () => {
      while (!over.signal.aborted) {
        await this.lookAtProcesses();
        files += await this.lookBelow(temporary);
        looks += 1;
        await sleep(20);
      }
    })();
    return async () => {
      over.abort();
      await watching;
      return { looks, files };
    };
  }

  get finds(): Find[] {
    return [...this.#finds].sort();
  }
}

function spellings(secret: string): string[] {
  // Base64 of a text begins otherwise for each place in three bytes at which it begins.
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]).toString("base64");
    return text.slice(Math.ceil((before * 4) / 3), -4);
  });
  return [...new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString("hex"), ...inBase64])];
}
