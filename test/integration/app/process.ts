import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A service with the kit, in a process of its own, since the kit counts by process. */
export type Service = { url: string; process: ChildProcess; end: () => Promise<void> };

/**
 * @param file - beside this one; prints the address on which it listens
 * @param onError - takes each line of its stderr, which else is this process's own
 */
export async function startService(
  file: string,
  env: Record<string, string> = {},
  onError?: (line: string) => void,
): Promise<Service> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (onError === undefined) child.stderr.pipe(process.stderr, { end: false });
  else createInterface(child.stderr).on("line", onError);
  const exited = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    return {
      url: line,
      process: child,
      end: async () => {
        child.kill("SIGKILL");
        await exited;
      },
    };
  }
  throw new Error(`${file} ended before it listened`);
}
