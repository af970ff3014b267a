import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Consul, Hold } from "../clients/consul.ts";
import { patiently } from "../clients/patience.ts";
import { AnswerError, LockedError } from "../errors.ts";
import { processMark, standingOf } from "./process.ts";

const ttlSeconds = 15;
const delaySeconds = 5;
const renewMs = 5_000;
const lookMs = 500;
/** For how long a lock is tried to be taken again: beyond the delay, for which Consul gives it to nobody. */
const regainMs = 4 * delaySeconds * 1000;

/** Who releases. */
export const holder = z.object({
  version: z.literal(1),
  process: processMark,
  user: z.string(),
  /** Such as `release registry.example/api@sha256:…`. */
  command: z.string(),
  since: z.iso.datetime(),
});
export type Holder = z.infer<typeof holder>;

export type LockOptions = {
  consul: Consul;
  key: string;
  holder: Holder;
  /** Until the lock is free, instead of ending at once. */
  wait: boolean;
  /** Takes the lock from a holder on another machine, of whom a person knows that it has ended. */
  takeOver: boolean;
  /** Told once to somebody who waits. */
  onWait: (why: string) => void;
  signal: AbortSignal;
};

/** The right to act for one service, by a session of Consul. Whoever takes it gives it back. */
export class Lock {
  readonly #consul: Consul;
  readonly #renewing: Promise<void>;
  readonly #stop = new AbortController();
  readonly holder: Holder;
  #hold: Hold;
  #regaining: Promise<boolean> | undefined;

  private constructor({ consul, holder: mine }: LockOptions, hold: Hold) {
    this.#consul = consul;
    this.holder = mine;
    this.#hold = hold;
    this.#renewing = this.#renew();
  }

  /** By which Consul tells whether this gate has the lock. */
  get hold(): Hold {
    return this.#hold;
  }

  /** @throws LockedError that says who has it since when */
  static async take(options: LockOptions): Promise<Lock> {
    const { consul, key, holder: mine, wait, signal } = options;
    const session = await newSession(consul, mine.command, signal);
    const lock = new Lock(options, { key, session });
    try {
      for (let told = false; ;) {
        if (await patiently(() => consul.sessions.acquire(key, JSON.stringify(mine), session), { signal }))
          return lock;
        const now = await patiently(() => consul.sessions.holder(key, signal), { signal });
        const other = now === undefined ? undefined : parseHolder(now.value);
        if (now?.session === undefined) {
          // Free, but its last holder did not give it back: Consul gives it to nobody before the delay is over.
          await sleep(lookMs, undefined, { signal });
        } else if (await hasEnded(other, options)) {
          const { value, session: ended } = now;
          await patiently(() => consul.sessions.release(key, value, ended), { signal });
        } else {
          const why = sentenceOf(other);
          if (!wait) throw new LockedError(`${why} ${advice(other)}`);
          if (!told) options.onWait(`${why} Waiting until it is done.`);
          told = true;
          await sleep(lookMs, undefined, { signal });
        }
      }
    } catch (error) {
      await lock.giveBack();
      throw error;
    }
  }

  /**
   * Makes sure, by Consul's own word, that this gate may still act.
   *
   * @throws LockedError when somebody else has the lock, or nobody
   */
  async assertHeld(): Promise<void> {
    const now = await patiently(() => this.#consul.sessions.holder(this.hold.key));
    if (now?.session === this.hold.session || (await this.#regain())) return;
    const other = now?.session === undefined ? undefined : parseHolder(now.value);
    throw lost(other, now?.session);
  }

  /**
   * Writes a key only while the lock is held.
   *
   * @returns whether it was written; not where the key no longer has the index
   * @throws LockedError when the lock is not held any more
   */
  async put(key: string, value: string, index?: number, signal?: AbortSignal): Promise<boolean> {
    const write = () => this.#consul.putWhile(this.hold, key, value, index);
    let written = await patiently(write, { signal });
    if (written === "lost") {
      await this.assertHeld();
      written = await patiently(write, { signal });
    }
    if (written === "lost") throw lost(undefined, undefined);
    return written === "written";
  }

  /** @throws LockedError when the lock is not held any more */
  async delete(key: string): Promise<void> {
    const remove = () => this.#consul.deleteWhile(this.hold, key);
    if ((await patiently(remove)) !== "lost") return;
    await this.assertHeld();
    if ((await patiently(remove)) === "lost") throw lost(undefined, undefined);
  }

  async giveBack(): Promise<void> {
    this.#stop.abort();
    await this.#renewing;
    const { key, session } = this.hold;
    // Consul ends the session by itself when it is not renewed, should it be away now.
    await this.#consul.deleteWhile(this.hold, key).catch(() => undefined);
    await this.#consul.sessions.destroy(session).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { signal } = this.#stop;
    while (await slept(renewMs, signal)) {
      // Of a Consul that is away nothing is known; what counts is looked at before each act.
      await this.#consul.sessions.renew(this.hold.session, signal).catch(async (error: unknown) => {
        if (error instanceof AnswerError && error.status === 404) await this.#regain().catch(() => undefined);
      });
    }
  }

  #regain(): Promise<boolean> {
    this.#regaining ??= this.#takeAgain().finally(() => {
      this.#regaining = undefined;
    });
    return this.#regaining;
  }

  /**
   * Consul ends a session that it does not hear of, as where the network between was away. The lock is still this
   * gate's where nobody has had it since, which its key tells: another holder has written it, or deleted it at the end.
   */
  async #takeAgain(): Promise<boolean> {
    const { sessions } = this.#consul;
    const { key } = this.hold;
    const { signal } = this.#stop;
    const now = await patiently(() => sessions.holder(key, signal), { signal });
    if (now?.session === this.hold.session) return true;
    if (now?.session !== undefined || now?.value !== JSON.stringify(this.holder)) return false;
    const session = await newSession(
      this.#consul,
      parseHolder(JSON.stringify(this.holder))?.command ?? "",
      signal,
    );
    const end = performance.now() + regainMs;
    for (;;) {
      const taken = await patiently(() => sessions.acquireUnchanged(key, now, session), { signal });
      // An answer that was lost and asked for again finds its own work.
      const isHeld =
        taken === "held" ||
        (taken === "changed" &&
          (await patiently(() => sessions.holder(key, signal), { signal }))?.session === session);
      if (isHeld) {
        this.#hold = { key, session };
        return true;
      }
      if (taken === "changed" || performance.now() > end) {
        await sessions.destroy(session).catch(() => undefined);
        return false;
      }
      await sleep(lookMs, undefined, { signal });
    }
  }
}

async function newSession(consul: Consul, command: string, signal: AbortSignal): Promise<string> {
  const create = () => consul.sessions.create(`nary ${command}`, ttlSeconds, delaySeconds);
  return await patiently(create, { signal });
}

/** Says whether the whole time passed. */
async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  return await sleep(ms, true, { signal }).catch(() => false);
}

/** Who holds a lock, by its key's text; undefined where that says nothing. */
export function parseHolder(text: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function hasEnded(other: Holder | undefined, { takeOver }: LockOptions): Promise<boolean> {
  if (other === undefined) return takeOver;
  switch (await standingOf(other.process)) {
    case "ended":
      return true;
    case "runs":
      return false;
    case "elsewhere":
      return takeOver;
  }
}

function sentenceOf(other: Holder | undefined): string {
  if (other === undefined) return "Somebody else releases this service.";
  const { process, user, command, since } = other;
  return `This service is being released by \`nary ${command}\` of ${user} on ${process.host} (process ${process.pid}) since ${since}.`;
}

function advice(other: Holder | undefined): string {
  const known = other === undefined ? "it" : `that process on ${other.process.host}`;
  return `Wait for it with --wait. If ${known} was killed, the lock ends within a minute, or at once with --take-over.`;
}

function lost(other: Holder | undefined, session: string | undefined): LockedError {
  const who = session === undefined ? "nobody holds it now" : sentenceOf(other).replace(/\.$/, "");
  return new LockedError(`The lock of this service was lost: ${who}. Nothing more was done.`);
}
