import { exitCodeOf, tellError } from "../run.ts";
import { withReached, type Reached, type ReachOptions } from "./reach.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command by which people look or ask, and sets the exit status. Never throws.
 *
 * @param work - says what the exit status is
 * @param interrupted - the exit status of somebody who has seen enough
 */
export async function runForPeople(
  options: ReachOptions,
  interrupted: 0 | 130,
  work: (reached: Reached, signal: AbortSignal) => Promise<number>,
): Promise<void> {
  // Whoever read the output may have gone.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const stop = new AbortController();
  const interrupt = () => {
    stop.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    process.exitCode = await withReached(options, stop.signal, (reached) => work(reached, stop.signal));
  } catch (error) {
    if (!stop.signal.aborted) process.stderr.write(`nary: ${tellError(error, options.verbose)}\n`);
    process.exitCode = stop.signal.aborted ? interrupted : exitCodeOf(error);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
