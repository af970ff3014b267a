import { allowedAt } from "../settings/allowed-errors.ts";
import type { Declared } from "../settings/records.ts";
import type { GateSettings } from "../settings/schema.ts";
import type { Policy } from "../settings/policy.ts";
import type { Consul } from "./clients/consul.ts";
import type { Nomad } from "./clients/nomad.ts";
import { Counter } from "./count/counter.ts";
import { shortId } from "./count/evidence.ts";
import { Judge } from "./decide/judge.ts";
import type { Observation } from "./decide/observation.ts";
import { notUp } from "./decide/start.ts";
import type { Final, Verdict } from "./decide/verdict.ts";
import type { Member, Roster } from "./discover/roster.ts";
import { Survey } from "./discover/survey.ts";
import { ActError, reasonOf } from "./errors.ts";
import type { Tell } from "./tell/events.ts";

export type WatchOptions = {
  consul: Consul;
  nomad: Nomad;
  declared: Declared;
  gate: GateSettings;
  policy: Policy;
  tell: Tell;
};

/** Looks at the canaries, from when it is opened until it is closed, and judges what it sees. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #survey: Survey;
  readonly #counter: Counter;
  readonly #judge: Judge;
  readonly #ticker: NodeJS.Timeout;
  readonly #listeners = new Set<() => void>();
  readonly #warned = new Set<string>();
  readonly #opened = performance.now();
  #roster: Roster = new Map();
  #failure: Error | undefined;
  #trafficSince: number | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { consul, nomad, declared, gate, policy, tell } = options;
    this.#judge = new Judge({
      policy,
      checks: [],
      allowedErrors: allowedAt(gate.allowedErrors, new Date()),
      limitSeconds: gate.limitSeconds,
      otherSide: "production",
    });
    const onChange = () => {
      this.#look();
    };
    const onFailure = (error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new ActError(reasonOf(error));
      this.#look();
    };
    const onWarning = (why: string) => {
      if (!this.#warned.has(why)) tell({ event: "warning", why });
      this.#warned.add(why);
    };
    this.#survey = new Survey({
      consul,
      nomad,
      declared,
      now: () => this.#now(),
      onChange,
      onFailure,
      onWarning,
    });
    this.#counter = new Counter({
      declared,
      gate,
      onChange,
      onFailure,
      onWarning,
      onFault: (id, fault) => {
        tell({ event: "fault", instance: shortId(id), ...fault });
      },
    });
    this.#ticker = setInterval(() => {
      this.#tick();
    }, gate.intervalSeconds * 1000);
  }

  /** Resolves with undefined when all canaries are up, with a verdict when they will not be. */
  async untilUp(signal: AbortSignal): Promise<Final | undefined> {
    const { gate, declared } = this.#options;
    const outcome = await this.#until((): Final | "up" | undefined => {
      const verdict = this.#verdict();
      if (verdict.type === "reject") return verdict;
      if (this.#survey.ended !== undefined) return this.#stopped(this.#survey.ended);
      const up = this.#counter.up();
      if (up >= declared.count) return "up";
      if (this.#now() < gate.startSeconds) return undefined;
      return notUp({
        up,
        count: declared.count,
        startSeconds: gate.startSeconds,
        placement: this.#survey.placement,
        troubles: this.#counter.troubles(),
        evidence: verdict.evidence,
      });
    }, signal);
    return outcome === "up" ? undefined : outcome;
  }

  /** From now on the policy's time runs. */
  trafficIsOn(): void {
    this.#trafficSince ??= this.#now();
  }

  /** The policy's verdict, once it has one. */
  async untilVerdict(signal: AbortSignal): Promise<Final> {
    return await this.#until(() => {
      const verdict = this.#verdict();
      if (verdict.type === "reject") return verdict;
      if (this.#survey.ended !== undefined) return this.#stopped(this.#survey.ended);
      return verdict.type === "wait" ? undefined : verdict;
    }, signal);
  }

  /** The first rejection while production is rolled out; never resolves without one. */
  async untilRejected(signal: AbortSignal): Promise<Final> {
    return await this.#until(() => {
      const verdict = this.#verdict();
      return verdict.type === "reject" ? verdict : undefined;
    }, signal);
  }

  tally(): { requests: number; errors: number; seconds: number } {
    const { canary, seconds } = this.#verdict().evidence;
    return { requests: canary.requests, errors: canary.errors, seconds };
  }

  /** Ends all that it has begun; may be called again. */
  async close(): Promise<void> {
    clearInterval(this.#ticker);
    await Promise.all([this.#survey.close(), this.#counter.close()]);
  }

  /** Looks at each change until the check has an answer. */
  async #until<T>(check: () => T | undefined, signal: AbortSignal): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = () => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const found = check();
      if (found !== undefined) resolve(found);
    };
    const abort = () => {
      reject(new DOMException("The watch was stopped.", "AbortError"));
    };
    this.#listeners.add(look);
    signal.addEventListener("abort", abort, { once: true });
    try {
      if (signal.aborted) abort();
      look();
      return await promise;
    } finally {
      this.#listeners.delete(look);
      signal.removeEventListener("abort", abort);
    }
  }

  #look(): void {
    const before = this.#roster;
    this.#roster = this.#survey.look();
    for (const member of this.#roster.values()) {
      if (before.get(member.id)?.state !== member.state) this.#tellMember(member);
    }
    this.#counter.know(this.#roster);
    for (const listener of [...this.#listeners]) listener();
  }

  #tick(): void {
    this.#look();
    this.#counter.ask();
    if (this.#trafficSince === undefined) return;
    const { why, evidence } = this.#verdict();
    const { seconds, canary } = evidence;
    const { requests, errors } = canary;
    this.#options.tell({ event: "counts", requests, errors, seconds: Math.round(seconds * 10) / 10, why });
  }

  #verdict(): Verdict {
    return this.#judge.see(this.#observation());
  }

  #observation(): Observation {
    const since = this.#trafficSince;
    return {
      seconds: since === undefined ? 0 : this.#now() - since,
      canary: { instances: this.#counter.instances(), haproxy: null },
      other: null,
      readings: [],
      unknown: [],
    };
  }

  #stopped(why: string): Final {
    return { type: "inconclusive", why, rule: "stopped", evidence: this.#verdict().evidence };
  }

  #tellMember({ id, node, state, address, why }: Member): void {
    const where = address === undefined ? null : `${address.host}:${address.port}`;
    this.#options.tell({ event: "canary", instance: shortId(id), node, state, address: where, why });
  }

  #now(): number {
    return (performance.now() - this.#opened) / 1000;
  }
}
