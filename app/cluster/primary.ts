import cluster, { type Worker } from "node:cluster";
import { hookOnce, state } from "../state.ts";
import { isMessage, type Message } from "./messages.ts";
import { sum, totalHere, troubleHere } from "./sum.ts";

/** Between two totals that are told to all workers while errors come one after another. */
const pauseMs = 20;
/** Ended workers whose counts are kept apart, since the last of them may come after their end. */
const mostEnded = 32;
/** Under which the counts are kept of workers that ended before those. */
const longEnded = 0;

/**
 * Lets the primary process of a cluster add up the counts of its workers, so that each of them can tell the whole on its
 * counter route. What a worker has counted stays when it ends.
 *
 * @throws Error in a worker
 */
export function sumWorkers(): void {
  if (!cluster.isPrimary) {
    throw new Error(
      "sumWorkers() was called in a worker of node:cluster; call it in the primary process, where the workers are forked.",
    );
  }
  if (!hookOnce(cluster)) return;
  const { workers, listeners } = state();
  const ended: number[] = [];
  let told = troubleHere();
  let pause: NodeJS.Timeout | undefined;

  const tellAll = () => {
    if (troubleHere() === told || pause !== undefined) return;
    told = troubleHere();
    const total = totalHere();
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker !== undefined) tell(worker, { "@nary/app": "total", id: undefined, total });
    }
    pause = setTimeout(() => {
      pause = undefined;
      tellAll();
    }, pauseMs).unref();
  };

  listeners.add(tellAll);
  cluster.on("message", (worker, message: unknown) => {
    if (!isMessage(message)) return;
    switch (message["@nary/app"]) {
      case "counts":
        workers.set(worker.id, {
          ...message.counted,
          routes: message.counted.routes ?? workers.get(worker.id)?.routes ?? [],
        });
        for (const listener of listeners) listener();
        return;
      case "ask":
        tell(worker, { "@nary/app": "total", id: message.id, total: totalHere() });
        return;
      case "total":
        return;
    }
  });
  cluster.on("exit", ({ id }) => {
    const last = workers.get(id);
    // What it counted stays, but its event loop stalls no more.
    if (last !== undefined) workers.set(id, { ...last, stallMs: 0 });
    ended.push(id);
    const oldest = ended.length > mostEnded ? ended.shift() : undefined;
    const counted = oldest === undefined ? undefined : workers.get(oldest);
    if (oldest === undefined || counted === undefined) return;
    const before = workers.get(longEnded);
    workers.set(longEnded, before === undefined ? counted : sum([before, counted]));
    workers.delete(oldest);
  });
}

function tell(worker: Worker, message: Message): void {
  // One that ends in this moment hears nothing any more, and need not.
  if (worker.isConnected()) worker.send(message, () => undefined);
}
