import cluster from "node:cluster";
import { randomUUID } from "node:crypto";
import { hookOnce, state } from "../state.ts";
import { isMessage, type Message } from "./messages.ts";
import { countedHere, troubleIn, type Total } from "./sum.ts";

/** Within which the primary hears of requests; of errors it hears at once, as long as they are not many. */
const pauseMs = 50;
const errorPauseMs = 5;
/** Between two times that it hears of costs. */
const costsPauseMs = 1_000;
/** What a primary may take for an answer that has not told anything yet, and may never do. */
const firstAnswerMs = 1_000;
/** One that has is only slow; whoever asks is sooner tired of waiting than this. */
const answerMs = 10_000;

let joined = false;
let heard: Total | undefined;
const waiting = new Map<string, (total: Total | undefined) => void>();
/** Told when the primary says that something went wrong in some worker. */
export const totalListeners = new Set<() => void>();

/** Whether this process is one of several that are one instance of the service. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Lets the primary hear what is counted here; does nothing outside of a cluster. */
export function joinCluster(): void {
  if (!cluster.isWorker || joined) return;
  joined = true;
  process.on("message", (message: unknown) => {
    if (!isMessage(message) || message["@nary/app"] !== "total") return;
    heard = message.total;
    if (message.id === undefined) for (const listener of totalListeners) listener();
    else waiting.get(message.id)?.(message.total);
  });
  // Of two copies of the kit one is enough: both count in the same state.
  if (hookOnce(cluster)) tellCounts();
  // One that is forked after an error somewhere else has to know of it.
  void askTotal();
}

/** The last total that was heard. */
export function lastTotal(): Total | undefined {
  return heard;
}

/** Asks the primary for the counts of all workers; undefined where it does not answer. */
export async function askTotal(): Promise<Total | undefined> {
  const id = randomUUID();
  const { promise, resolve } = Promise.withResolvers<Total | undefined>();
  waiting.set(id, resolve);
  const giveUp = () => {
    resolve(undefined);
  };
  const late = setTimeout(
    () => {
      // Where it was this process that stood still, the answer is there and not yet read.
      setImmediate(giveUp);
    },
    heard === undefined ? firstAnswerMs : answerMs,
  ).unref();
  if (!process.connected) giveUp();
  sendCounts(true);
  send({ "@nary/app": "ask", id });
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    waiting.delete(id);
  }
}

function tellCounts(): void {
  const now = state();
  let told = 0;
  let toldAt = 0;
  let costsAt = 0;
  let pause: NodeJS.Timeout | undefined;
  const tell = () => {
    clearTimeout(pause);
    pause = undefined;
    told = troubleIn(now);
    toldAt = performance.now();
    const withCosts = toldAt - costsAt > costsPauseMs;
    if (withCosts) costsAt = toldAt;
    sendCounts(withCosts);
  };
  now.listeners.add(() => {
    const isTrouble = troubleIn(now) !== told;
    if (isTrouble && performance.now() - toldAt > errorPauseMs) tell();
    else pause ??= setTimeout(tell, isTrouble ? errorPauseMs : pauseMs).unref();
  });
  process.on("exit", () => {
    sendCounts(true);
  });
}

function sendCounts(withCosts: boolean): void {
  const counted = countedHere();
  send({ "@nary/app": "counts", counted: withCosts ? counted : { ...counted, routes: undefined } });
}

function send(message: Message): void {
  // Where the primary is gone, the counter route says so.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
