import type { CounterSettings } from "../settings/counter.ts";
import type { Declared } from "../settings/records.ts";
import type { GateSettings } from "../settings/schema.ts";
import type { Consul } from "./clients/consul.ts";
import type { Nomad } from "./clients/nomad.ts";
import type { SideNow } from "./check/checks.ts";
import { Counter } from "./count/counter.ts";
import { shortId } from "./count/evidence.ts";
import type { Routes } from "./count/routes.ts";
import type { InstanceCounts } from "./decide/observation.ts";
import type { Member, Roster } from "./discover/roster.ts";
import { Survey } from "./discover/survey.ts";
import type { Tell } from "./tell/events.ts";

export type SideOptions = {
  consul: Consul;
  nomad: Nomad;
  declared: Declared;
  gate: GateSettings;
  /** How instances are asked, where it is not by plain HTTP on the port of the traffic. */
  counter?: CounterSettings | undefined;
  /** Whether it was there before the gate, as production was. */
  longRunning: boolean;
  /** Seconds, of a clock that never jumps. */
  now: () => number;
  /** Something has happened that cannot wait for the next look. */
  onNews: () => void;
  onFailure: (error: unknown) => void;
  onWarning: (why: string) => void;
  tell: Tell;
};

/** One side of the comparison, until it is closed: who its instances are, and what they have counted. */
export class Side {
  readonly declared: Declared;
  readonly #survey: Survey;
  readonly #counter: Counter;
  readonly #tell: Tell;
  readonly #longRunning: boolean;
  #roster: Roster = new Map();

  constructor({ onNews, onFailure, onWarning, tell, ...options }: SideOptions) {
    const { declared, gate, counter, longRunning } = options;
    this.declared = declared;
    this.#tell = tell;
    this.#longRunning = longRunning;
    this.#survey = new Survey({
      ...options,
      counterPort: counter?.port,
      onChange: onNews,
      onFailure,
      onWarning,
    });
    this.#counter = new Counter({
      path: declared.counterPath,
      gate,
      how: counter,
      addressOf: (member) => this.#survey.counterAddress(member),
      longRunning,
      lookAgain: async () => {
        await this.#survey.ask();
        this.look();
      },
      onNews,
      onFailure,
      onWarning: (why) => {
        onWarning(`${declared.role}: ${why}`);
      },
      onFault: (id, fault) => {
        tell({ event: "fault", role: declared.role, instance: shortId(id), ...fault });
      },
    });
  }

  /** Takes in what Consul and Nomad have said meanwhile. */
  look(): void {
    const before = this.#roster;
    this.#roster = this.#survey.look();
    for (const member of this.#roster.values()) {
      if (before.get(member.id)?.state !== member.state && !this.#longRunning) this.#tellMember(member);
    }
    this.#counter.know(this.#roster);
  }

  ask(): void {
    this.#counter.ask();
  }

  /** A request that the gate is about to send to an instance is no traffic. */
  sends(id: string): void {
    this.#counter.sends(id);
  }

  /** Who the instances are. */
  get members(): readonly Member[] {
    return [...this.#roster.values()];
  }

  /** Why they are gone without the gate having done it; undefined while they are there. */
  get ended(): string | undefined {
    return this.#survey.ended;
  }

  /** Why Nomad could not place instances. */
  get placement(): readonly string[] {
    return this.#survey.placement;
  }

  /** The instances that run and have told their counts. */
  get up(): number {
    return this.#counter.up();
  }

  /** What running instances say instead of counts. */
  get troubles(): string[] {
    return this.#counter.troubles();
  }

  get instances(): InstanceCounts[] {
    return this.#counter.instances();
  }

  /** What was counted and nobody has read, one sentence each. */
  get unread(): string[] {
    return this.#counter.unread();
  }

  /** What checks look at, but for what HAProxy knows. */
  get now(): Omit<SideNow, "latencyMs"> {
    const { allocations, instances } = this.#survey;
    return { allocations, instances, lagMs: this.#counter.lagMs() };
  }

  /** What requests have cost by route; undefined where no instance tells. */
  get costs(): Routes | undefined {
    return this.#counter.costs();
  }

  /** What has been counted until now is left out from now on, where it was counted before the gate came. */
  mark(): void {
    if (this.#longRunning) this.#counter.mark();
  }

  async close(): Promise<void> {
    await Promise.all([this.#survey.close(), this.#counter.close()]);
  }

  #tellMember({ id, node, state, address, why }: Member): void {
    const where = address === undefined ? null : `${address.host}:${address.port}`;
    this.#tell({
      event: this.declared.role === "twin" ? "twin" : "canary",
      instance: shortId(id),
      node,
      state,
      address: where,
      why,
    });
  }
}
