import type { CounterSettings } from "../../settings/counter.ts";
import type { Declared } from "../../settings/records.ts";
import type { Address, Consul, Instance } from "../clients/consul.ts";
import type { Allocation, Job } from "../clients/nomad-answers.ts";
import type { Nomad } from "../clients/nomad.ts";
import { patiently } from "../clients/patience.ts";
import { ActError, UnreachableError } from "../errors.ts";
import { placementFailures } from "./placement.ts";
import {
  lastingStrangers,
  nextRoster,
  nextStrangers,
  strangersAmong,
  withoutJob,
  type Member,
  type Roster,
  type Strangers,
} from "./roster.ts";

/** Seconds after which it is asked anew why instances are missing. */
const shortHoldSeconds = 1;
/** Milliseconds in which Nomad has to answer where an instance seems to fail. */
const askMs = 1_000;

export type SurveyOptions = {
  consul: Consul;
  nomad: Nomad;
  declared: Declared;
  /**
   * Whether the job was there before the gate and is none of its business: then all of its versions count, whatever
   * they run.
   */
  longRunning: boolean;
  /** Port on which instances tell their counts, where it is another than that of the traffic. */
  counterPort?: CounterSettings["port"];
  /** Seconds, of a clock that never jumps. */
  now: () => number;
  /** Consul or Nomad said something new. */
  onChange: () => void;
  /** The survey cannot go on. */
  onFailure: (error: unknown) => void;
  /** Something that people should know, each told once. */
  onWarning: (why: string) => void;
};

/** Follows who the instances of one side are, until it is closed: Consul and Nomad say so as soon as something changes. */
export class Survey {
  readonly #options: SurveyOptions;
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>[];
  #instances: readonly Instance[] = [];
  /** Of all versions of the job. */
  #allocations: readonly Allocation[] = [];
  /** By allocation, where counts are told on a port with a label of its own. */
  #counterAddresses: ReadonlyMap<string, Address> = new Map();
  #version: number | undefined;
  #roster: Roster = new Map();
  #strangers: Strangers = new Map();
  #placement: readonly string[] = [];
  #ended: string | undefined;

  constructor(options: SurveyOptions) {
    this.#options = options;
    this.#loops = [this.#guarded(() => this.#followConsul()), this.#guarded(() => this.#followNomad())];
  }

  /** Who they are now. */
  look(): Roster {
    if (this.#version !== undefined) {
      const { longRunning, now } = this.#options;
      const kind = { restartable: longRunning };
      const roster = nextRoster(this.#roster, this.allocations, this.#instances, now(), kind);
      this.#roster = this.#ended === undefined || longRunning ? roster : withoutJob(roster, this.#ended);
      this.#warnOfStrangers(now());
    }
    return this.#roster;
  }

  /** What Nomad last told of them. */
  get allocations(): readonly Allocation[] {
    const { longRunning } = this.#options;
    // A job that somebody stops or scales has another version; its instances stay what they are.
    return this.#allocations.filter(
      ({ id, jobVersion }) => longRunning || jobVersion === this.#version || this.#roster.has(id),
    );
  }

  /** What Consul last told of them. */
  get instances(): readonly Instance[] {
    const strangers = new Set(strangersAmong(this.#instances, this.allocations));
    return this.#instances.filter((instance) => !strangers.has(instance));
  }

  /** Where an instance tells its counts; undefined while nobody knows. */
  counterAddress({ id, address }: Member): Address | undefined {
    const { counterPort } = this.#options;
    if (address === undefined || counterPort === undefined) return address;
    return typeof counterPort === "number"
      ? { host: address.host, port: counterPort }
      : this.#counterAddresses.get(id);
  }

  /** Why Nomad could not place instances. */
  get placement(): readonly string[] {
    return this.#placement;
  }

  /** Why the canaries are gone without the gate having done it; undefined while they are there. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Asks Nomad at once, since its word of what has just happened may be on its way; no answer changes nothing. */
  async ask(): Promise<void> {
    const { nomad, declared, onFailure } = this.#options;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(askMs)]);
    try {
      const [{ allocations }, job] = await Promise.all([
        nomad.allocations(declared.job, 0, signal),
        nomad.job(declared.job, signal),
      ]);
      this.#take(allocations, job);
    } catch (error) {
      if (!signal.aborted && !(error instanceof UnreachableError)) onFailure(error);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
  }

  #warnOfStrangers(now: number): void {
    const { declared, onWarning } = this.#options;
    const strangers = strangersAmong(this.#instances, this.#allocations);
    this.#strangers = nextStrangers(this.#strangers, strangers, now);
    for (const id of lastingStrangers(this.#strangers, now))
      onWarning(`${id} is registered as ${declared.service} in Consul without being one of its instances`);
  }

  async #guarded(loop: () => Promise<void>): Promise<void> {
    try {
      await loop();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onFailure(error);
    }
  }

  async #followConsul(): Promise<void> {
    const { consul, declared } = this.#options;
    const { signal } = this.#stop;
    for (let index = 0; ;) {
      const answer = await this.#patiently(() => consul.instances(declared.service, index, signal));
      // After a restart of the server its index may be lower: then start anew.
      index = answer.index < index ? 0 : answer.index;
      this.#instances = answer.instances;
      this.#options.onChange();
    }
  }

  async #followNomad(): Promise<void> {
    const { nomad, declared, onChange, onWarning } = this.#options;
    const { signal } = this.#stop;
    for (let index = 0, holdSeconds: number | undefined; ;) {
      const answer = await this.#patiently(() => nomad.allocations(declared.job, index, signal, holdSeconds));
      index = answer.index < index ? 0 : answer.index;
      const job = await this.#patiently(() => nomad.job(declared.job, signal));
      await this.#findCounterPorts(answer.allocations);
      this.#take(answer.allocations, job);
      const placed = answer.allocations.filter(({ jobVersion }) => jobVersion === job?.version).length;
      const isShort = this.#ended === undefined && placed < declared.count;
      // Nomad tells why only when it has tried, which changes no allocation.
      holdSeconds = isShort ? shortHoldSeconds : undefined;
      this.#placement = isShort
        ? placementFailures(await this.#patiently(() => nomad.evaluations(declared.job, signal)))
        : [];
      this.#placement.forEach(onWarning);
      onChange();
    }
  }

  #take(allocations: readonly Allocation[], job: Job | undefined): void {
    const { declared, longRunning } = this.#options;
    this.#allocations = allocations;
    const release = job?.meta["nary_release"];
    if (job !== undefined && release !== declared.release && !longRunning) {
      throw new ActError(
        `The job ${declared.job} runs the release ${release ?? "none"}, but its stack declares ${declared.release}: ` +
          "somebody changed it meanwhile. Nothing was promoted.",
      );
    }
    this.#version = job?.version ?? this.#version;
    this.#ended =
      job === undefined || job.stopped
        ? `the job ${declared.job} is not registered or was stopped by somebody else`
        : undefined;
  }

  /** An allocation keeps its ports for life: only new ones are looked up. */
  async #findCounterPorts(allocations: readonly Allocation[]): Promise<void> {
    const { nomad, declared, counterPort, onWarning } = this.#options;
    const running = allocations.filter(({ client }) => client === "running");
    if (typeof counterPort !== "string" || running.every(({ id }) => this.#counterAddresses.has(id))) return;
    this.#counterAddresses = await this.#patiently(() =>
      nomad.portsOf(declared.job, counterPort, this.#stop.signal),
    );
    if (running.some(({ id }) => !this.#counterAddresses.has(id))) {
      onWarning(
        `The job ${declared.job} has no port labelled ${counterPort}, on which nary:counter.port wants its counts`,
      );
    }
  }

  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    return await patiently(ask, {
      signal: this.#stop.signal,
      onTrouble: (error) => {
        this.#options.onWarning(`${error.message}; trying again`);
      },
    });
  }
}
