import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { release as releaseName, type Release } from "../../settings/names.ts";
import { codec } from "../../settings/records.ts";
import { statusRecord } from "../../settings/status.ts";
import { patiently } from "../clients/patience.ts";
import { reasonOf, SupersededError } from "../errors.ts";
import { whoAmI } from "../lock/holder.ts";
import type { Tell } from "../tell/events.ts";
import { send, type Place } from "./ask.ts";

const lookMs = 500;

const newestRecord = codec(
  "newest",
  z.object({
    version: z.literal(1),
    id: z.uuid(),
    release: releaseName,
    by: z.string(),
    at: z.iso.datetime(),
  }),
);

/**
 * A release that waits to take the place of the one under way. It asks the gate that runs to make room, and gives way
 * to a release that came to wait after it. Closed by who opened it.
 */
export class Newest {
  readonly #place: Place;
  readonly #release: Release;
  readonly #tell: Tell;
  readonly #id = randomUUID();
  readonly #superseded = new AbortController();
  readonly #stop = new AbortController();
  #waiting: Promise<void> | undefined;

  constructor(place: Place, release: Release, tell: Tell) {
    this.#place = place;
    this.#release = release;
    this.#tell = tell;
  }

  /** Aborts, with a SupersededError as its reason, as soon as a newer release waits. */
  get signal(): AbortSignal {
    return this.#superseded.signal;
  }

  /** From now on this is the newest release that waits. */
  begin(): void {
    this.#waiting ??= this.#wait();
  }

  /**
   * To be called by who has the lock, before it acts.
   *
   * @throws SupersededError when a newer release waits
   */
  async begins(): Promise<void> {
    await this.close();
    if (this.#waiting === undefined) return;
    this.signal.throwIfAborted();
    const { consul, keys } = this.#place;
    for (;;) {
      const pair = await patiently(() => consul.get(keys.newest));
      if (pair === undefined) return;
      this.#assertNewest(pair.value);
      if (await patiently(() => consul.delete(keys.newest, pair.index))) return;
    }
  }

  /** No longer waits for the place. Never throws; may be called again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#waiting;
  }

  /** The newest one no more, when it gives up by itself. Never throws. */
  async giveUp(): Promise<void> {
    await this.close();
    if (this.#waiting !== undefined) await this.begins().catch(() => undefined);
  }

  async #wait(): Promise<void> {
    const { consul, keys } = this.#place;
    const { signal } = this.#stop;
    const { by } = whoAmI();
    const mine = newestRecord.encode({
      version: 1,
      id: this.#id,
      release: this.#release,
      by,
      at: new Date().toISOString(),
    });
    try {
      await patiently(() => consul.put(keys.newest, mine), { signal });
      for (let asked = ""; ;) {
        const pair = await patiently(() => consul.get(keys.newest, signal), { signal });
        if (pair !== undefined) this.#assertNewest(pair.value);
        asked = await this.#askOnce(asked, by);
        await sleep(lookMs, undefined, { signal });
      }
    } catch (error) {
      if (error instanceof SupersededError) this.#superseded.abort(error);
      // Whoever cannot ask for the place still waits for it.
      else if (!signal.aborted) this.#tell({ event: "warning", why: `waiting only: ${reasonOf(error)}` });
    }
  }

  /** Asks each gate that runs meanwhile for its place, once. */
  async #askOnce(asked: string, by: string): Promise<string> {
    const { consul, keys } = this.#place;
    const { signal } = this.#stop;
    const pair = await patiently(() => consul.get(keys.status, signal), { signal });
    if (pair === undefined) return asked;
    const { gate } = statusRecord.decode(keys.status, pair.value);
    if (gate === asked) return asked;
    const at = new Date().toISOString();
    const request = {
      id: randomUUID(),
      verb: "supersede",
      by,
      at,
      why: null,
      gate,
      release: this.#release,
    } as const;
    await send(this.#place, request, signal);
    return gate;
  }

  #assertNewest(text: string): void {
    const { id, release, by } = newestRecord.decode(this.#place.keys.newest, text);
    if (id === this.#id) return;
    throw new SupersededError(
      `superseded while it waited, by the newer release ${release} of ${by}; nothing was deployed or destroyed`,
    );
  }
}
