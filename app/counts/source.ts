import { errorsHere, totalHere, troubleHere, troubleIn, type Total } from "../cluster/sum.ts";
import { askTotal, isWorker, joinCluster, lastTotal, totalListeners } from "../cluster/worker.ts";
import { state } from "../state.ts";

/** Where the counter route has the counts from. */
export type Source = {
  /** The counts of now; undefined where those of the other processes cannot be had. */
  read: () => Total | Promise<Total | undefined>;
  /** A number that grows with each error and each failed request that is known of. */
  trouble: () => number;
  /** Errors that are known of, here and elsewhere. */
  errors: () => number;
  /** Told when that may have grown. */
  listeners: Set<() => void>;
};

/** The counts of this process, or those of its whole cluster. */
export function countsSource(): Source {
  if (!isWorker()) {
    return {
      read: totalHere,
      trouble: troubleHere,
      errors: errorsHere,
      listeners: state().listeners,
    };
  }
  joinCluster();
  return {
    read: askTotal,
    trouble: () => troubleIn(lastTotal() ?? state()),
    // An error of this process is known before the primary has told of it.
    errors: () => Math.max(state().errorCount, lastTotal()?.errorCount ?? 0),
    listeners: totalListeners,
  };
}
