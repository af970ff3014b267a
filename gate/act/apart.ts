import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export type Ran = { stdout: string; stderr: string; code: number };

/**
 * Runs a program in a session of its own, so that a Ctrl-C in the terminal, which goes to a whole process group, does
 * not cut it in half.
 *
 * @throws what spawn says when the program cannot be started
 */
export async function runApart(
  program: string,
  args: readonly string[],
  options: {
    folder: string;
    environment: NodeJS.ProcessEnv;
    onOutput?: ((text: string) => void) | undefined;
  },
): Promise<Ran> {
  const child = spawn(program, args, {
    cwd: options.folder,
    env: options.environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  if (options.onOutput !== undefined) {
    child.stdout.on("data", options.onOutput);
    child.stderr.on("data", options.onOutput);
  }
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? -1);
    });
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { stdout, stderr, code };
}
