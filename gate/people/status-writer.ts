import { isDeepStrictEqual } from "node:util";
import { statusRecord, type Answer, type Status } from "../../settings/status.ts";
import type { Context } from "../context.ts";
import type { Verdict } from "../decide/verdict.ts";
import type { Lock } from "../lock/lock.ts";
import type { Event } from "../tell/events.ts";
import type { Situation } from "./heard.ts";
import { shortened, statusAfter } from "./status-after.ts";

/** Between two writes of counts alone. */
const countsMs = 2_000;
/** Answers that are kept; whoever asked has read them long before. */
const mostHeard = 20;

type Options = Pick<Context, "consul" | "keys" | "stacks"> & {
  lock: Lock;
  /** At the start of the gate. */
  first: Status;
};

/**
 * Tells people where the gate is, until it is closed by who opened it. The gate does not depend on it: where Consul is
 * away, what is told comes late or not at all.
 */
export class StatusWriter {
  readonly #options: Options;
  readonly #stop = new AbortController();
  #status: Status;
  #written: Status | undefined;
  #watched: boolean;
  #approved = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#status = options.first;
    this.#watched = options.first.phase !== "remove" && options.first.phase !== "roll-back";
    this.#soon(0);
  }

  get gate(): string {
    return this.#status.gate;
  }

  /** As much of it as an answer to people depends on. */
  get situation(): Situation {
    return { ...this.#status, watched: this.#watched, approved: this.#approved };
  }

  /** Takes in something that the gate tells. */
  told(event: Event): void {
    const before = this.#status.phase;
    this.#change(statusAfter(this.#status, event, this.#options.stacks));
    // A first release goes to production without a canary, and what a killed gate had decided is carried out.
    if (before === "bring-up" && this.#status.phase === "promote") this.#watched = false;
    if (event.event === "resumed") this.#watched = event.act === "bring-up" || event.act === "watch";
    if (event.event === "watching" || this.#status.phase === "bring-up") this.#watched = true;
  }

  /** What of a person the release waits for, after a look at it. */
  looked(verdict: Verdict): void {
    const { phase } = this.#status;
    if (phase !== "start" && phase !== "watch") return;
    // The look has taken in what people had approved: a wait from now on is another one.
    this.#approved = false;
    const waits = verdict.type === "wait" ? verdict.waitsFor : null;
    const waitsFor = waits === null ? null : { for: waits, why: shortened(verdict.why) };
    this.#change({ ...this.#status, waitsFor });
  }

  /** A request was heard, and answered. */
  heard(answer: Answer, { pausedBy, approvals }: { pausedBy: string | null; approvals: boolean }): void {
    const { heard, paused } = this.#status;
    this.#approved ||= approvals;
    this.#change({
      ...this.#status,
      heard: [...heard, answer].slice(-mostHeard),
      paused: pausedBy === null ? null : (paused ?? { by: pausedBy, since: new Date().toISOString() }),
    });
  }

  /** Takes the status away. Never throws; may be called again. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#writing;
    const { consul, lock, keys } = this.#options;
    // What stays where Consul is away is told apart by the lock, which nobody holds then.
    await consul.deleteWhile(lock.hold, keys.status).catch(() => undefined);
  }

  #change(next: Status): void {
    if (isDeepStrictEqual(next, this.#status)) return;
    const at = new Date().toISOString();
    const since = next.phase === this.#status.phase ? next.since : at;
    this.#status = { ...next, since };
    if (isDeepStrictEqual(withoutCounts(next), withoutCounts(this.#written))) this.#soon(countsMs);
    else this.#now();
  }

  #soon(ms: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer ??= setTimeout(() => {
      this.#now();
    }, ms);
  }

  #now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#stop.signal.aborted) this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    const { lock, keys } = this.#options;
    const { signal } = this.#stop;
    const status = this.#status;
    const { session } = lock.hold;
    const text = statusRecord.encode({ ...status, session, at: new Date().toISOString() });
    const isWritten = await lock.put(keys.status, text, undefined, signal).catch(() => false);
    this.#writing = undefined;
    if (isWritten) this.#written = status;
    if (signal.aborted || this.#status === this.#written) return;
    if (isWritten && !isDeepStrictEqual(withoutCounts(this.#status), withoutCounts(status))) this.#now();
    else this.#soon(countsMs);
  }
}

function withoutCounts(status: Status | undefined) {
  if (status === undefined) return undefined;
  const { phase, step, release, waitsFor, paused, heard } = status;
  return { phase, step, release, waitsFor: waitsFor?.for, paused, heard };
}
