import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { constants } from "node:os";
import { DemoError } from "./errors.ts";

/** A command that was interrupted gets this long to end in its own way. */
const patienceMs = 10_000;

export type Surroundings = {
  cwd: string;
  environment: NodeJS.ProcessEnv;
  /** Aborts when the user wants to stop. */
  signal: AbortSignal;
};

type Output = {
  /** Where the command's output goes: this process's stdout or stderr, or back to the caller. */
  to: 1 | 2 | "caller";
};

export type Ended = { exitCode: number; output: string };

/**
 * Runs a command to its end. It is in a session of its own, so that an interruption reaches it once and from here
 * alone: as an interrupt, and when that takes too long as a kill.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, environment, signal }: Surroundings,
  { to }: Output,
): Promise<Ended> {
  signal.throwIfAborted();
  const stdio = to === "caller" ? "pipe" : to;
  const child = spawn(command, args, {
    cwd,
    env: environment,
    detached: true,
    stdio: ["ignore", stdio, stdio],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", reject);
  child.once("close", (code, by) => {
    resolve(code ?? 128 + (by === null ? 0 : constants.signals[by]));
  });
  const patience = new AbortController();
  const interrupt = () => {
    child.kill("SIGINT");
    sleep(patienceMs, undefined, { signal: patience.signal }).then(
      () => child.kill("SIGKILL"),
      () => undefined,
    );
  };
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    const exitCode = await ended;
    signal.throwIfAborted();
    return { exitCode, output };
  } finally {
    patience.abort();
    signal.removeEventListener("abort", interrupt);
  }
}

/** Runs a command that must do its work; what it said is told only when it did not. */
export async function runStep(
  command: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<string> {
  const { exitCode, output } = await runCommand(command, args, surroundings, { to: "caller" });
  if (exitCode === 0) return output;
  throw new DemoError(
    "step",
    `\`${[command, ...args].join(" ")}\` ended with exit status ${exitCode} and said:\n${output.trimEnd()}`,
  );
}
