import type { Declared } from "../../settings/records.ts";
import type { GateSettings } from "../../settings/schema.ts";
import type { Fault, InstanceCounts } from "../decide/observation.ts";
import type { Member, Roster } from "../discover/roster.ts";
import { countsOf, faulty, heard, noEvidence, shortId, type Evidence } from "./evidence.ts";
import { Poller } from "./poll.ts";

export type CounterOptions = {
  declared: Declared;
  gate: GateSettings;
  /** An instance has answered, or has not. */
  onChange: () => void;
  onFailure: (error: unknown) => void;
  onFault: (id: string, fault: Fault) => void;
  onWarning: (why: string) => void;
};

/** Asks the canaries for their counts and keeps what they have shown, until it is closed. */
export class Counter {
  readonly #options: CounterOptions;
  readonly #poller: Poller;
  readonly #stop = new AbortController();
  readonly #evidence = new Map<string, Evidence>();
  readonly #asked = new Map<string, Promise<void>>();
  #roster: Roster = new Map();

  constructor(options: CounterOptions) {
    this.#options = options;
    this.#poller = new Poller(options.declared.counterPath, options.gate.answerSeconds);
  }

  /** Who the canaries are now: what became of them is evidence too. */
  know(roster: Roster): void {
    this.#roster = roster;
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

  /** What each canary has shown, those that are gone too. */
  instances(): InstanceCounts[] {
    return [...this.#evidence].map(([id, evidence]) => countsOf(id, evidence));
  }

  /** The canaries that run and have told their counts. */
  up(): number {
    return this.#running().filter(({ id }) => this.#evidence.get(id)?.answered === true).length;
  }

  /** What running canaries say instead of counts, one sentence each. */
  troubles(): string[] {
    return this.#running().flatMap(({ id }) => {
      const trouble = this.#evidence.get(id)?.trouble;
      return trouble === undefined ? [] : [`${shortId(id)} ${trouble}`];
    });
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
      const { state, passing } = this.#roster.get(member.id) ?? member;
      // Meanwhile stopped by Nomad: what it says now is no longer about the release.
      if (state === "running") this.#fold(member.id, (evidence) => heard(evidence, answer, passing));
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onFailure(error);
    } finally {
      this.#asked.delete(member.id);
    }
    this.#options.onChange();
  }

  #fold(id: string, fold: (before: Evidence) => Evidence): void {
    const before = this.#evidence.get(id) ?? noEvidence;
    const after = fold(before);
    this.#evidence.set(id, after);
    if (after.fault !== undefined && before.fault === undefined) this.#options.onFault(id, after.fault);
    if (after.wentBack && !before.wentBack) {
      this.#options.onWarning(`canary ${shortId(id)} has a counter that went back; its highest counts stay`);
    }
  }
}
