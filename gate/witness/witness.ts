import { haproxyName, type ServiceName } from "../../settings/names.ts";
import type { Consul, Instance } from "../clients/consul.ts";
import { patiently } from "../clients/patience.ts";
import type { HaproxyCounts } from "../decide/observation.ts";
import { reasonOf } from "../errors.ts";
import { Reader } from "./reader.ts";
import { countsOf, noTotals, prefixOf, seen, together, type Totals } from "./totals.ts";

export type SideName = "canary" | "twin" | "production";

export type WitnessOptions = {
  consul: Consul;
  service: ServiceName;
  /** Seconds after which one HAProxy's answer is given up. */
  answerSeconds: number;
  /** HAProxy has seen a failure more. */
  onNews: () => void;
  onWarning: (why: string) => void;
};

/** What is known of one HAProxy. */
type Known = {
  totals: Totals;
  mark: Totals;
  meanMs: ReadonlyMap<string, number>;
  /** Why it could not be asked the last time. */
  trouble: string | undefined;
  answered: boolean;
};

const unknown: Known = {
  totals: noTotals,
  mark: noTotals,
  meanMs: new Map(),
  trouble: undefined,
  answered: false,
};

/** What the HAProxies in front of a service count, each of them, until it is closed. */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #reader: Reader;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  readonly #asked = new Map<string, Promise<void>>();
  readonly #known = new Map<string, Known>();
  #instances: readonly Instance[] = [];
  #trouble: string | undefined = "no HAProxy has been found yet";

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.#reader = new Reader(options.answerSeconds);
    this.#following = this.#follow();
  }

  /** Asks all HAProxies at once, each at its own pace. */
  ask(): void {
    for (const instance of this.#instances) {
      if (!this.#asked.has(instance.id)) this.#asked.set(instance.id, this.#ask(instance));
    }
  }

  /** What has been counted until now is left out from now on. */
  mark(): void {
    for (const [id, known] of this.#known) this.#known.set(id, { ...known, mark: known.totals });
  }

  /** What all HAProxies together have counted of a side since the mark; null as long as none has answered. */
  counts(side: SideName): HaproxyCounts | null {
    const answered = [...this.#known.values()].filter((known) => known.answered);
    if (answered.length === 0) return null;
    const totals = together(answered.map((known) => known.totals));
    const mark = together(answered.map((known) => known.mark));
    return countsOf(totals, mark, this.#prefix(side));
  }

  /** Mean time of a side's newest answers, in milliseconds; undefined where there were none. */
  meanMs(side: SideName): number | undefined {
    const prefix = this.#prefix(side);
    const times = [...this.#known.values()].flatMap(({ meanMs }) =>
      [...meanMs].filter(([server]) => prefixOf(server) === prefix).map(([, mean]) => mean),
    );
    return times.length === 0 ? undefined : times.reduce((one, other) => one + other) / times.length;
  }

  /** What could not be known, one sentence each. */
  get unknown(): string[] {
    if (this.#trouble !== undefined) return [`What HAProxy counts: ${this.#trouble}.`];
    return this.#instances.flatMap(({ id, node, address }) => {
      const trouble = this.#known.get(id)?.trouble;
      const where = `${address.host}:${address.port} on ${node}`;
      return trouble === undefined ? [] : [`What the HAProxy at ${where} counts: ${trouble}.`];
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#following, ...this.#asked.values()]);
    await this.#reader.close();
  }

  /** What the names of a side's servers begin with: production's with the service's. */
  #prefix(side: SideName): string {
    return side === "production" ? this.#options.service : side;
  }

  async #follow(): Promise<void> {
    const { consul, service, onWarning } = this.#options;
    const { signal } = this.#stop;
    try {
      for (let index = 0; ;) {
        const answer = await patiently(() => consul.instances(haproxyName(service), index, signal), {
          signal,
          seconds: Number.POSITIVE_INFINITY,
        });
        index = answer.index < index ? 0 : answer.index;
        this.#instances = answer.instances;
        this.#trouble =
          answer.instances.length === 0
            ? `none is registered in Consul as ${haproxyName(service)}`
            : undefined;
        if (this.#trouble === undefined) this.ask();
      }
    } catch (error) {
      if (signal.aborted) return;
      // Without this witness the gate goes on with the other one.
      this.#trouble = reasonOf(error).replace(/\.$/, "");
      onWarning(`HAProxy cannot be asked for what it counts: ${this.#trouble}`);
    }
  }

  async #ask({ id, address, node }: Instance): Promise<void> {
    const { service, onWarning, onNews } = this.#options;
    const before = this.#known.get(id) ?? unknown;
    try {
      const { life, carried, rows, meanMs } = await this.#reader.look(address, service, this.#stop.signal);
      const totals = seen(before.totals, life, carried, rows);
      const known = this.#known.get(id) ?? unknown;
      // What it had counted before it is heard of for the first time is none of our business.
      const mark = known.answered ? known.mark : totals;
      this.#known.set(id, { totals, mark, meanMs, trouble: undefined, answered: true });
      if (failuresIn(totals) !== failuresIn(before.totals)) onNews();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const trouble = reasonOf(error).replace(/\.$/, "");
      this.#known.set(id, { ...(this.#known.get(id) ?? unknown), trouble });
      if (before.trouble === undefined)
        onWarning(`the HAProxy at ${address.host}:${address.port} on ${node} cannot be asked: ${trouble}`);
    } finally {
      this.#asked.delete(id);
    }
  }
}

function failuresIn(totals: Totals): number {
  const { serverErrors, brokenAnswers } = countsOf(totals, noTotals);
  return serverErrors + brokenAnswers;
}
