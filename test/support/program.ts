import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export type Ended = { exitCode: number | null; stdout: string; stderr: string };

export type Program = {
  child: ChildProcess;
  /** Resolves with what the program said, when it has ended. */
  ended: Promise<Ended>;
  /** Resolves with the text on stdout or stderr so far once the pattern is in it; rejects when the program ends before. */
  says: (pattern: RegExp) => Promise<RegExpExecArray>;
};

export type ProgramOptions = { cwd?: string; env?: NodeJS.ProcessEnv; detached?: boolean };

/** Starts a program and listens to what it says. Whoever starts it ends it. */
export function startProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Program {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(() => ({ exitCode: child.exitCode, stdout, stderr }));
  const says = async (pattern: RegExp) => {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const found = pattern.exec(stdout) ?? pattern.exec(stderr);
      if (found !== null) resolve(found);
    };
    const miss = () => {
      look();
      reject(new Error(`${command} ended without saying ${String(pattern)}:\n${stdout}\n${stderr}`));
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("close", miss);
    look();
    try {
      return await promise;
    } finally {
      child.stdout.off("data", look);
      child.stderr.off("data", look);
      child.off("close", miss);
    }
  };
  return { child, ended, says };
}

/** Runs a program to its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Ended> {
  return startProgram(command, args, options).ended;
}
