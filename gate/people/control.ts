import { setTimeout as sleep } from "node:timers/promises";
import { controlRecord, type Request } from "../../settings/control.ts";
import type { Deed } from "../../settings/records.ts";
import type { Answer } from "../../settings/status.ts";
import type { Consul } from "../clients/consul.ts";
import { patiently } from "../clients/patience.ts";
import { nobody, type People } from "../decide/people.ts";
import { reasonOf } from "../errors.ts";
import type { Tell } from "../tell/events.ts";
import { heard, type Situation } from "./heard.ts";

/** Between two tries where Consul answers, but not as it should. */
const againMs = 5_000;
/** What is kept for the record of the release. */
const mostDeeds = 100;

export type ControlOptions = {
  consul: Consul;
  /** Where people write. */
  key: string;
  /** This run of a gate; what is for another one is not heard. */
  gate: string;
  /** Where the gate is. */
  situation: () => Situation;
  /** A request was answered. */
  onAnswer: (answer: Answer, before: People, after: People) => void;
  tell: Tell;
};

/** Hears what people ask of the gate, from when it is opened until it is closed. */
export class Control {
  readonly #options: ControlOptions;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  readonly #known = new Set<string>();
  readonly #warned = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #deeds: Deed[] = [];
  #people = nobody;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#following = this.#follow();
  }

  /** What people have asked so far. */
  get people(): People {
    return this.#people;
  }

  /** What people have asked and the gate did, for the record of the release. */
  get deeds(): readonly Deed[] {
    return this.#deeds;
  }

  /**
   * Calls back whenever people have asked for something.
   *
   * @returns what ends that
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Never throws; may be called again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { consul, key } = this.#options;
    const { signal } = this.#stop;
    for (let index = 0; !signal.aborted;) {
      try {
        const answer = await patiently(() => consul.follow(key, index, signal), {
          // The gate has patience of its own, and ends where that is over.
          seconds: Number.POSITIVE_INFINITY,
          signal,
          onTrouble: (error) => {
            this.#warn(error.message);
          },
        });
        this.#warned.clear();
        // After a restart of the server its index may be lower: then start anew.
        index = answer.index < index ? 0 : answer.index;
        if (answer.pair !== undefined) this.#read(answer.pair.value);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#warn(reasonOf(error));
        await sleep(againMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #warn(why: string): void {
    if (this.#warned.has(why)) return;
    this.#warned.add(why);
    this.#options.tell({ event: "warning", why: `${why}; what people ask is not heard meanwhile` });
  }

  #read(text: string): void {
    const { key, gate } = this.#options;
    for (const request of controlRecord.decode(key, text).requests) {
      if (request.gate !== gate || this.#known.has(request.id)) continue;
      this.#known.add(request.id);
      this.#hear(request);
    }
  }

  #hear(request: Request): void {
    const { situation, onAnswer, tell } = this.#options;
    const { id, verb, by, why: reason } = request;
    const before = this.#people;
    const { people, done, why } = heard(before, request, situation());
    this.#people = people;
    tell({ event: "asked", verb, by, why: reason, done, answer: why });
    if (done) this.#deeds.push({ verb, by, why: reason, at: new Date().toISOString() });
    if (this.#deeds.length > mostDeeds) this.#deeds.shift();
    onAnswer({ id, done, why }, before, people);
    for (const listener of [...this.#listeners]) listener();
  }
}
