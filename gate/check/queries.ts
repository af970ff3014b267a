import { setTimeout as sleep } from "node:timers/promises";
import type { PrometheusCheck } from "../../settings/gate-checks.ts";
import { filledQuery, type SideNames } from "../../settings/promql.ts";
import type { Reading } from "../decide/observation.ts";
import { Prometheus } from "./prometheus.ts";
import type { Sample } from "./sample.ts";

export type QueriesOptions = {
  check: PrometheusCheck;
  canary: SideNames;
  /** The side that the canary is compared with, where it is. */
  other: SideNames | undefined;
  environment: NodeJS.ProcessEnv;
  /** Why there is no number. */
  onWarning: (why: string) => void;
  onFailure: (error: unknown) => void;
};

/** Asks one check's Prometheus again and again, beside everything else, until it is closed. */
export class Queries {
  readonly #options: QueriesOptions;
  readonly #prometheus: Prometheus;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #again = new AbortController();
  #reading: Reading | undefined;
  #refusal: string | undefined;

  constructor(options: QueriesOptions) {
    this.#options = options;
    this.#prometheus = new Prometheus(options.check, options.environment);
    this.#loop = this.#ask();
  }

  /** The newest; undefined while there has been no answer. */
  get reading(): Reading | undefined {
    return this.#reading;
  }

  /** Why there will never be a number as long as the settings are what they are, by the newest answer. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Forgets what there was, and asks at once. */
  restart(): void {
    this.#reading = undefined;
    this.#again.abort();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await this.#prometheus.close();
  }

  async #ask(): Promise<void> {
    const { check, onFailure } = this.#options;
    const { signal } = this.#stop;
    try {
      for (;;) {
        this.#again = new AbortController();
        const either = AbortSignal.any([signal, this.#again.signal]);
        try {
          const reading = await this.#once(either);
          either.throwIfAborted();
          this.#reading = reading;
          await sleep(check.everySeconds * 1000, undefined, { signal: either });
        } catch (error) {
          if (signal.aborted || !this.#again.signal.aborted) throw error;
        }
      }
    } catch (error) {
      if (!signal.aborted) onFailure(error);
    }
  }

  async #once(signal: AbortSignal): Promise<Reading> {
    const { check, canary, other, onWarning } = this.#options;
    const ask = async (query: string, side: SideNames) =>
      await this.#prometheus.ask(filledQuery(query, side), signal);
    const [mine, theirs] = await Promise.all([
      ask(check.query, canary),
      check.ratio === undefined || other === undefined
        ? undefined
        : ask(check.otherQuery ?? check.query, other),
    ]);
    const samples = theirs === undefined ? [mine] : [mine, theirs];
    const whys = samples.flatMap((sample) => (sample.type === "number" ? [] : [sample.why]));
    if (check.ratio !== undefined && theirs === undefined) whys.push("there is nothing to compare with");
    const why = [...new Set(whys)].join("; ");
    if (why !== "") onWarning(`The check ${check.name} has no number: ${why}.`);
    this.#refusal = samples.find((sample) => sample.type === "refused")?.why;
    return { check: check.name, canary: valueOf(mine), other: valueOf(theirs), why };
  }
}

const valueOf = (sample: Sample | undefined): number | null =>
  sample?.type === "number" ? sample.value : null;
