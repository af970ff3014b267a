import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { z } from "zod";
import { DemoError } from "../errors.ts";
import { counts, type request } from "./messages.ts";
import type { Counts } from "./window.ts";

const program = join(import.meta.dirname, "main.ts");

export type Traffic = {
  /** Ends one window of counting and begins the next. Resolves to the counts of the ended one. */
  nextWindow: () => Promise<Counts>;
  /** Lets it go on after this process. */
  keep: () => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * Sends so many requests a second to a server, in a process that ends with this one.
 *
 * @param paths - what is asked for, in turn; `/hello` unless given
 */
export function startTraffic(
  url: string,
  perSecond: number,
  environment: NodeJS.ProcessEnv,
  paths: readonly string[] = ["/hello"],
): Traffic {
  const child = fork(program, [url, String(perSecond), ...paths], {
    // A session of its own: Ctrl-C is for the demo, which ends its traffic last.
    detached: true,
    env: environment,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = once(child, "exit");
  const tell = (what: z.infer<typeof request>) => {
    if (!child.connected) throw new DemoError("step", "The traffic ended before the demo did.");
    child.send(what);
  };
  return {
    nextWindow: async () => {
      const answer = Promise.race([once(child, "message"), ended.then(() => [undefined])]);
      tell("next-window");
      const [message] = await answer;
      return counts.parse(message);
    },
    keep: async () => {
      const left = once(child, "disconnect");
      tell("keep");
      await left;
      child.unref();
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
