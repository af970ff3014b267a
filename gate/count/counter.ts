import { counter as counterSettings, type CounterSettings } from "../../settings/counter.ts";
import type { UrlPath } from "../../settings/names.ts";
import type { GateSettings } from "../../settings/schema.ts";
import type { Fault, InstanceCounts } from "../decide/observation.ts";
import type { Address } from "../clients/consul.ts";
import type { Member, Roster } from "../discover/roster.ts";
import type { Answer } from "./answer.ts";
import { credentialsOf } from "./credentials.ts";
import {
  costsOf,
  countsOf,
  faulty,
  fromNowOn,
  heard,
  noEvidence,
  shortId,
  type Evidence,
} from "./evidence.ts";
import { Line } from "./line.ts";
import { allRoutes, type Routes } from "./routes.ts";
import { Wire } from "./wire.ts";

export type CounterOptions = {
  /** Route with the counts. */
  path: UrlPath;
  gate: Pick<GateSettings, "answerSeconds" | "intervalSeconds">;
  /** How instances are asked, where it is not by plain HTTP. */
  how?: CounterSettings | undefined;
  /** Where an instance tells its counts, where that is not its address in Consul. */
  addressOf?: (member: Member) => Address | undefined;
  /**
   * Whether the instances were there before the gate: then what they have counted before they are heard of is left out,
   * and what becomes of them is no fault.
   */
  longRunning: boolean;
  /**
   * Looks at who the instances are now, before the first fault of one counts: it may have been stopped meanwhile, which
   * is none of its own. A fault counts at once unless given.
   */
  lookAgain?: () => Promise<void>;
  /** An instance has failed, or has answered for the first time; that it goes on well is no news. */
  onNews: () => void;
  onFailure: (error: unknown) => void;
  onFault: (id: string, fault: Fault) => void;
  onWarning: (why: string) => void;
};

/** Listens to the counts of the instances of one side and keeps what they have shown, until it is closed. */
export class Counter {
  readonly #options: CounterOptions;
  readonly #wire: Wire;
  readonly #lines = new Map<string, Line>();
  readonly #evidence = new Map<string, Evidence>();
  /** Instances that seem to fail, while it is looked at whether they are to run at all. */
  readonly #inDoubt = new Map<string, Promise<void>>();
  #roster: Roster = new Map();

  /** @throws UsageError for a secret or certificate that cannot be read */
  constructor(options: CounterOptions) {
    this.#options = options;
    const { path, gate, how = counterSettings.parse({}) } = options;
    const { scheme } = how;
    const { answerSeconds } = gate;
    this.#wire = new Wire({ path, scheme, credentials: credentialsOf(how), answerSeconds });
  }

  /** Who the instances are now: what became of them is evidence too. */
  know(roster: Roster): void {
    this.#roster = roster;
    for (const [id, line] of this.#lines) {
      if (roster.get(id)?.state === "running") continue;
      line.close();
      this.#lines.delete(id);
    }
    if (this.#options.longRunning) return;
    for (const { id, state, why } of roster.values()) {
      if (state === "crashed" || state === "vanished") {
        this.#fold(id, (evidence) => faulty(evidence, { kind: state, why }));
      }
    }
  }

  /** Asks all that tell nothing by themselves, each at its own pace: the others do not wait for a slow one. */
  ask(): void {
    for (const member of this.#running()) this.#lineTo(member)?.look();
  }

  /** The gate is about to send a request of its own to an instance. */
  sends(id: string): void {
    this.#fold(id, (evidence) => ({ ...evidence, own: evidence.own + 1 }));
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

  /** What requests have cost by route, of all instances that tell, those that are gone too; undefined where none does. */
  costs(): Routes | undefined {
    const told = [...this.#evidence.values()].flatMap((evidence) => costsOf(evidence) ?? []);
    return told.length === 0 ? undefined : allRoutes(told);
  }

  async close(): Promise<void> {
    for (const line of this.#lines.values()) line.close();
    this.#lines.clear();
    await Promise.all([this.#wire.close(), ...this.#inDoubt.values()]);
  }

  #running(): Member[] {
    return [...this.#roster.values()].filter(({ state }) => state === "running");
  }

  #lineTo(member: Member): Line | undefined {
    const { gate, addressOf = ({ address }: Member) => address } = this.#options;
    const address = addressOf(member);
    const known = this.#lines.get(member.id);
    if (known?.address.host === address?.host && known?.address.port === address?.port) return known;
    known?.close();
    this.#lines.delete(member.id);
    if (address === undefined) return undefined;
    const line = new Line({
      wire: this.#wire,
      address,
      intervalMs: gate.intervalSeconds * 1000,
      answerSeconds: gate.answerSeconds,
      onAnswer: (answer) => {
        this.#hear(member.id, answer);
      },
    });
    this.#lines.set(member.id, line);
    return line;
  }

  #hear(id: string, answer: Answer): void {
    const member = this.#roster.get(id);
    // Meanwhile stopped by Nomad: what it says now is no longer about the release.
    if (member?.state !== "running" || this.#inDoubt.has(id)) return;
    try {
      if (answer.type === "counts") this.#warnOf(id, answer.oddities);
      const { passing, restarts } = member;
      const circumstances = { passing, restarts, fromNow: this.#options.longRunning };
      const fold = (evidence: Evidence) => heard(evidence, answer, circumstances);
      const { lookAgain, longRunning } = this.#options;
      const before = this.#evidence.get(id) ?? noEvidence;
      const isFirstFault = before.fault === undefined && fold(before).fault !== undefined;
      if (lookAgain === undefined || longRunning || !isFirstFault) this.#fold(id, fold);
      else this.#inDoubt.set(id, this.#foldIfRunning(id, fold, lookAgain));
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  async #foldIfRunning(
    id: string,
    fold: (before: Evidence) => Evidence,
    lookAgain: () => Promise<void>,
  ): Promise<void> {
    try {
      await lookAgain();
      // One that is not to run any more, and any of a closed counter, has no line.
      if (this.#lines.has(id)) this.#fold(id, fold);
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#inDoubt.delete(id);
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
