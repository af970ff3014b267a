import { Judge } from "./decide/judge.ts";
import type { InstanceCounts } from "./decide/observation.ts";
import { nobody, type People } from "./decide/people.ts";
import type { Rules } from "./decide/rules.ts";
import { notUp } from "./decide/start.ts";
import type { Evidence, Final, Rule, Verdict, Wait } from "./decide/verdict.ts";
import type { Member } from "./discover/roster.ts";
import { ActError, reasonOf } from "./errors.ts";
import type { Control } from "./people/control.ts";
import type { StatusWriter } from "./people/status-writer.ts";
import type { Recorder } from "./record/recorder.ts";
import { Sight, type SightOptions } from "./sight.ts";

/** Looks are at least this far apart, and take at most a tenth of the time, however many instances there are. */
const leastApartMs = 5;
const mostOfTime = 10;

export type WatchOptions = SightOptions & {
  /** All by which the release is judged. */
  rules: Rules;
  /** Where each look is written down. */
  recorder?: Recorder | undefined;
  /** What people have asked so far; nobody anything unless given. */
  people?: (() => People) | undefined;
  /** Tells when they ask for something, so that it need not wait for the next look. */
  control?: Pick<Control, "onChange"> | undefined;
  /** Is told of each look. */
  status?: Pick<StatusWriter, "looked"> | undefined;
};

/** Looks at a release, from when it is opened until it is closed, and judges what it sees. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #sight: Sight;
  readonly #judge: Judge;
  readonly #ticker: NodeJS.Timeout;
  readonly #endHearing: (() => void) | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #warned = new Set<string>();
  readonly #hooks = {
    onNews: () => {
      this.#lookSoon();
    },
    onFailure: (error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new ActError(reasonOf(error));
      this.#lookSoon();
    },
    onWarning: (why: string) => {
      if (!this.#warned.has(why)) this.#options.tell({ event: "warning", why });
      this.#warned.add(why);
    },
  };
  #verdict: Verdict;
  #failure: Error | undefined;
  #soon: NodeJS.Timeout | undefined;
  #looked = { at: Number.NEGATIVE_INFINITY, ms: 0 };

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#sight = new Sight({ ...options, ...this.#hooks });
    this.#judge = new Judge(options.rules);
    this.#verdict = this.#see();
    this.#ticker = setInterval(() => {
      this.#tick();
    }, options.gate.intervalSeconds * 1000);
    this.#endHearing = options.control?.onChange(this.#hooks.onNews);
  }

  /** Resolves with undefined when all instances are up, with a verdict when they will not be. */
  async untilUp(signal: AbortSignal): Promise<Final | undefined> {
    const { gate, declared } = this.#options;
    const outcome = await this.#until((): Final | "up" | undefined => {
      const ended = this.#endedEarly();
      if (ended !== undefined) return ended;
      const { canary, otherMissing, seconds } = this.#sight;
      const { up, placement, troubles } = canary;
      if (up >= declared.count && otherMissing === undefined) return "up";
      const { startSeconds } = gate;
      if (seconds < startSeconds) return undefined;
      if (up >= declared.count)
        return this.#final("inconclusive", "start", `${otherMissing ?? ""} within ${startSeconds} s`);
      const { count } = declared;
      const { evidence } = this.#verdict;
      return this.#decided(notUp({ up, count, startSeconds, placement, troubles, evidence }));
    }, signal);
    return outcome === "up" ? undefined : outcome;
  }

  /** Looks once more at canaries that are up and have no traffic yet: what has ended the release, if anything has. */
  lookEarly(): Final | undefined {
    this.#look();
    return this.#endedEarly();
  }

  /** What ends the release while canaries that are up have no traffic yet; never resolves without it. */
  async untilEndedEarly(signal: AbortSignal): Promise<Final> {
    return await this.#until(() => this.#endedEarly(), signal);
  }

  /** The canaries that run. */
  get running(): readonly Member[] {
    return this.#sight.canary.members.filter(({ state }) => state === "running");
  }

  /** A request that the gate is about to send to a canary is no traffic. */
  sends(id: string): void {
    this.#sight.canary.sends(id);
  }

  /** The verdict by a test before there is traffic. */
  byTest(type: "reject" | "inconclusive", rule: Rule, why: string): Final {
    return this.#final(type, rule, why);
  }

  /** From now on the policy's time runs, and what had been counted before is left out. */
  trafficIsOn(): void {
    if (this.#sight.hasTraffic) return;
    this.#options.recorder?.traffic("on");
    this.#sight.trafficIsOn();
  }

  /** The other side is about to run the release itself: from now on it is no longer compared with. */
  rolloutBegins(): void {
    this.#sight.rolloutBegins();
  }

  /**
   * The verdict, once there is one.
   *
   * @param onWait - gets what each look before it gave
   */
  async untilVerdict(signal: AbortSignal, onWait?: (wait: Wait) => void): Promise<Final> {
    return await this.#until(() => {
      const verdict = this.#verdict;
      if (verdict.type === "reject") return this.#decided(verdict);
      if (this.#sight.canary.ended !== undefined)
        return this.#final("inconclusive", "stopped", this.#sight.canary.ended);
      if (verdict.type !== "wait") return this.#decided(verdict);
      onWait?.(verdict);
      return undefined;
    }, signal);
  }

  /** The first rejection while production is rolled out; never resolves without one. */
  async untilRejected(signal: AbortSignal): Promise<Final> {
    return await this.#until(
      () => (this.#verdict.type === "reject" ? this.#decided(this.#verdict) : undefined),
      signal,
    );
  }

  /** What has been seen until now. */
  get evidence(): Evidence {
    return this.#verdict.evidence;
  }

  /** What each canary has shown until now. */
  get canaries(): InstanceCounts[] {
    return this.#sight.canary.instances;
  }

  /** Where it is written down what is seen; undefined where it is not. */
  get recordFile(): string | undefined {
    return this.#options.recorder?.file;
  }

  /** Ends all that it has begun; may be called again. */
  async close(): Promise<void> {
    this.#endHearing?.();
    clearInterval(this.#ticker);
    clearTimeout(this.#soon);
    await this.#sight.close();
  }

  /** Checks after each look until there is an answer. */
  async #until<T>(check: () => T | undefined, signal: AbortSignal): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = () => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const found = check();
      if (found === undefined) return;
      this.#listeners.delete(look);
      resolve(found);
    };
    const abort = () => {
      reject(new DOMException("The watch was stopped.", "AbortError"));
    };
    this.#listeners.add(look);
    signal.addEventListener("abort", abort, { once: true });
    try {
      if (signal.aborted) abort();
      this.#look();
      return await promise;
    } finally {
      this.#listeners.delete(look);
      signal.removeEventListener("abort", abort);
    }
  }

  #tick(): void {
    this.#look();
    this.#sight.ask();
    if (!this.#sight.hasTraffic) return;
    const { why, evidence } = this.#verdict;
    const { canary, other, clientErrors } = evidence;
    const seconds = Math.round(evidence.seconds * 10) / 10;
    this.#options.tell({ event: "counts", ...canary, other, clientErrors, seconds, why });
  }

  #lookSoon(): void {
    const { at, ms } = this.#looked;
    this.#soon ??= setTimeout(
      () => {
        this.#look();
      },
      Math.max(0, at + Math.max(leastApartMs, ms * mostOfTime) - performance.now()),
    );
  }

  #look(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const at = performance.now();
    this.#sight.look();
    this.#verdict = this.#see();
    this.#options.status?.looked(this.#verdict);
    this.#looked = { at, ms: performance.now() - at };
    for (const listener of [...this.#listeners]) listener();
  }

  #see(): Verdict {
    const seen = this.#sight.observation(this.#options.people?.() ?? nobody);
    this.#options.recorder?.observed(seen);
    return this.#judge.see(seen);
  }

  #endedEarly(): Final | undefined {
    const verdict = this.#verdict;
    // Before there is traffic a release is inconclusive only where a newer one takes its place.
    if (verdict.type === "reject" || verdict.type === "inconclusive") return this.#decided(verdict);
    const fault = this.#sight.canary.instances.find((instance) => instance.fault !== null)?.fault;
    if (fault) return this.#final("reject", "start", `a canary ${fault.why} before it had any traffic`);
    if (this.#sight.canary.ended !== undefined)
      return this.#final("inconclusive", "stopped", this.#sight.canary.ended);
    return undefined;
  }

  #final(type: "reject" | "inconclusive", rule: Rule, why: string): Final {
    return this.#decided({ type, rule, why, evidence: this.#verdict.evidence });
  }

  #decided(verdict: Final): Final {
    this.#options.recorder?.decided(verdict);
    return verdict;
  }
}
