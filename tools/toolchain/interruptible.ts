import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Leaves the decision to the program where it has handlers of its own. */
function leave(signal: NodeJS.Signals): void {
  if (process.listeners(signal).every((listener) => listener === leave)) {
    process.exit(128 + constants.signals[signal]);
  }
}

/**
 * Makes a signal during the work an ordinary exit. A process that a signal ends at once runs no `exit` handlers, and so
 * would leave behind what it started and wrote.
 */
export async function interruptible<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const signal of signals) process.on(signal, leave);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, leave);
  }
}
