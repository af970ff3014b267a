import type { ShutdownOptions } from "./shutdown.ts";

export type StopOptions = ShutdownOptions & {
  /** What is to be done after the last answer, such as closing a pool of connections; within `deadlineSeconds`. */
  last?: () => unknown;
};

/** Stops at a signal and ends the process, with 0 unless something went wrong on the way. */
export function stopOn(signal: NodeJS.Signals, stop: () => Promise<void>, options: StopOptions = {}): void {
  const { last, deadlineSeconds = 10 } = options;
  process.once(signal, () => {
    void stop()
      .then(() => {
        setTimeout(() => process.exit(1), deadlineSeconds * 1000).unref();
        return last?.();
      })
      .then(
        () => process.exit(),
        (error: unknown) => {
          process.emitWarning(`@nary/app could not end in order: ${String(error)}`);
          process.exit(1);
        },
      );
  });
}
