import type { UrlPath } from "../../settings/names.ts";
import type { GateSettings } from "../../settings/schema.ts";
import type { Fault, InstanceCounts } from "../decide/observation.ts";
import type { Member, Roster } from "../discover/roster.ts";
import { countsOf, faulty, fromNowOn, heard, noEvidence, shortId, type Evidence } from "./evidence.ts";
import { Poller } from "./poll.ts";

export type CounterOptions = {
  /** Route with the counts. */
  path: UrlPath;
  gate: Pick<GateSettings, "answerSeconds">;
  /**
   * Whether the instances were there before the gate: then what they have counted before they are heard of is left out,
   * and what becomes of them is no fault.
   */
  longRunning: boolean;
  /** An instance has failed, or has answered for the first time; that it goes on well is no news. */
  onNews: () => void;
  onFailure: (error: unknown) => void;
  onFault: (id: string, fault: Fault) => void;
  onWarning: (why: string) => void;
};

/** Asks the instances of one side for their counts and keeps what they have shown, until it is closed. */
export class Counter {
  readonly #options: CounterOptions;
  readonly #poller: Poller;
  readonly #stop = new AbortController();
  readonly #evidence = new Map<string, Evidence>();
  readonly #asked = new Map<string, Promise<void>>();
  #roster: Roster = new Map();

  constructor(options: CounterOptions) {
    this.#options = options;
    this.#poller = new Poller(options.path, options.gate.answerSeconds);
  }

  /** Who the instances are now: what became of them is evidence too. */
  know(roster: Roster): void {
    this.#roster = roster;
    if (this.#options.longRunning) return;
    for (const { id, state, why } of roster.values()) {
      if (state === "crashed" || state === "vanished") {
        this.#fold(id, (evidence) => faulty(evidence, { kind: state, why }));
      }
    }
  }

  /** Asks all at once, each at its own pace: a slow one is asked again when it has answered, the others go on. */
  ask(): void {
    for (const member of this.#roster.values()) {
      if (member.state === "running" && !this.#asked.has(member.id)) {
        this.#asked.set(member.id, this.#ask(member));
      }
    }
  }

  /** What has been counted until now is left out from now on. */
  mark(): void {
    for (const [id, evidence] of this.#evidence) this.#evidence.set(id, fromNowOn(evidence));
  }

  /** What each instance has shown, those that are gone too. */
  instances(): InstanceCounts[] {
    return [...this.#evidence].map(([id, evidence]) => countsOf(id, evidence));
  }

  /** The instances that run and have told their counts. */
  up(): number {
    return this.#running().filter(({ id }) => this.#evidence.get(id)?.answered === true).length;
  }

  /** What running instances say instead of counts, one sentence each. */
  troubles(): string[] {
    return this.#running().flatMap(({ id }) => {
      const trouble = this.#evidence.get(id)?.trouble;
      return trouble === undefined ? [] : [`${shortId(id)} ${trouble}`];
    });
  }

  /** Instances that are gone, and of which nobody knows what they counted after their last answer. */
  unread(): string[] {
    return [...this.#roster.values()].flatMap(({ id, state }) => {
      const isGone = state === "crashed" || state === "vanished" || state === "moved";
      if (!isGone || this.#evidence.get(id)?.answered !== true) return [];
      return [`What ${shortId(id)} counted after its last answer, before it was gone.`];
    });
  }

  /** Longest stall of an event loop lately, in milliseconds, of the instances that tell. */
  lagMs(): number | undefined {
    const lags = this.#running().flatMap(({ id }) => this.#evidence.get(id)?.lagMs ?? []);
    return lags.length === 0 ? undefined : Math.max(...lags);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#asked.values());
    await this.#poller.close();
  }

  #running(): Member[] {
    return [...this.#roster.values()].filter(({ state }) => state === "running");
  }

  async #ask(member: Member): Promise<void> {
    if (member.address === undefined) return;
    try {
      const answer = await this.#poller.ask(member.address, this.#stop.signal);
      const { state, passing, restarts } = this.#roster.get(member.id) ?? member;
      if (answer.type === "counts") this.#warnOf(member.id, answer.oddities);
      const circumstances = { passing, restarts, fromNow: this.#options.longRunning };
      // Meanwhile stopped by Nomad: what it says now is no longer about the release.
      if (state === "running") this.#fold(member.id, (evidence) => heard(evidence, answer, circumstances));
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onFailure(error);
    } finally {
      this.#asked.delete(member.id);
    }
  }

  #warnOf(id: string, oddities: readonly string[]): void {
    if (oddities.length === 0) return;
    this.#options.onWarning(
      `${shortId(id)} tells ${oddities.join(", ")} in a form that is not that of @nary/app; it is left out`,
    );
  }

  #fold(id: string, fold: (before: Evidence) => Evidence): void {
    const before = this.#evidence.get(id) ?? noEvidence;
    const after = fold(before);
    if (after.fault !== undefined && this.#options.longRunning) {
      this.#evidence.set(id, { ...after, fault: undefined, trouble: after.fault.why });
      return;
    }
    this.#evidence.set(id, after);
    if (after.fault !== undefined && before.fault === undefined) this.#options.onFault(id, after.fault);
    if (after.wentBack && !before.wentBack) {
      this.#options.onWarning(`${shortId(id)} has a counter that went back; its highest counts stay`);
    }
    if (isNews(before, after)) this.#options.onNews();
  }
}

function isNews(before: Evidence, after: Evidence): boolean {
  if (after.answered !== before.answered || after.fault !== before.fault) return true;
  const [then, now] = [countsOf("", before), countsOf("", after)];
  return now.errors !== then.errors || now.failed !== then.failed;
}
