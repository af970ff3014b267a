import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Whether this process belongs to the group that a terminal sends its Ctrl-C to. */
function isInForeground() {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return terminal !== "0" && group === foreground;
  } catch {
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  }
}

/**
 * Runs a command in this one's place: same streams, same signals, and its exit code (128 + n for a signal) when it ends.
 * Ctrl-C reaches the command from the terminal; passing it on as well would look like a second, impatient Ctrl-C.
 */
export function runInPlace(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    const pass = (signal) => {
      if (signal !== "SIGTERM" && isInForeground()) return;
      child.kill(signal);
    };
    for (const signal of passedOn) process.on(signal, pass);
    const stop = () => {
      for (const signal of passedOn) process.off(signal, pass);
    };
    child.on("error", (error) => {
      stop();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      stop();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
