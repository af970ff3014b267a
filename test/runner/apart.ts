import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import type { Counts } from "./mocha.ts";

const counts = z.object({ passed: z.number(), failed: z.number() });

/** Test files that run in a process of their own. */
export type Apart = {
  /** Passes what it says on, from its first word. */
  show: () => void;
  ended: Promise<Counts>;
};

/** Starts the files in a process of their own, which ends with this one. Nothing of what it says is lost. */
export function startApart(files: readonly string[], grep: string | undefined): Apart {
  const child = fork(join(import.meta.dirname, "worker.ts"), [JSON.stringify({ files, grep })], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const results: Counts[] = [];
  child.on("message", (message) => results.push(counts.parse(message)));
  const shown = [keep(child.stdout, process.stdout), keep(child.stderr, process.stderr)];
  const end = async (): Promise<Counts> => {
    await once(child, "close");
    const [result] = results;
    if (result !== undefined && child.exitCode === 0) return result;
    process.stderr.write(`The tests from ${files[0] ?? "nowhere"} on ended before they were through.\n`);
    return { passed: result?.passed ?? 0, failed: (result?.failed ?? 0) + 1 };
  };
  return {
    show: () => {
      for (const show of shown) show();
    },
    ended: end(),
  };
}

/** Keeps what is said until it may be shown. */
function keep(from: Readable | null, to: Writable): () => void {
  const said: string[] = [];
  let isShown = false;
  from?.setEncoding("utf8").on("data", (text: string) => {
    if (isShown) to.write(text);
    else said.push(text);
  });
  return () => {
    isShown = true;
    for (const text of said.splice(0)) to.write(text);
  };
}
