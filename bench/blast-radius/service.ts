import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { DemoError } from "../../demo/errors.ts";

const program = join(import.meta.dirname, "..", "..", "demo", "service", "main.ts");
const counts = z.object({ errorCount: z.int() });

/** An instance of the sample service, in a process of its own. */
export type Service = {
  port: number;
  /** Errors that it made, as its counter route says. */
  errorCount: () => Promise<number>;
  stop: () => Promise<void>;
};

export async function startService(environment: NodeJS.ProcessEnv): Promise<Service> {
  const child = spawn(process.execPath, [program], {
    env: { ...environment, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = () => end(child, "SIGKILL");
  try {
    const said = once(createInterface(child.stdout), "line");
    const [line] = z
      .tuple([z.string()])
      .parse(await Promise.race([said, once(child, "exit").then(() => [""])]));
    const port = /:(\d+)$/.exec(line)?.[1];
    if (port === undefined) throw new DemoError("step", "An instance of the service ended while it started.");
    const url = `http://127.0.0.1:${port}/api/errorAndRequestCount`;
    const errorCount = async () => counts.parse(await (await fetch(url)).json()).errorCount;
    return { port: Number(port), errorCount, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends a process that may have ended by itself. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
