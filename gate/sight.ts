import type { CounterSettings } from "../settings/counter.ts";
import type { ServiceName } from "../settings/names.ts";
import type { Declared } from "../settings/records.ts";
import type { GateSettings } from "../settings/schema.ts";
import { Checks, type CheckedSide } from "./check/checks.ts";
import { Costs } from "./check/costs.ts";
import type { Consul } from "./clients/consul.ts";
import type { Nomad } from "./clients/nomad.ts";
import { hasQueries, noRoutes, type Routes } from "./count/routes.ts";
import type { Observation, SideSeen } from "./decide/observation.ts";
import type { People } from "./decide/people.ts";
import { reasonOf } from "./errors.ts";
import { Side } from "./side.ts";
import type { Tell } from "./tell/events.ts";
import { Witness } from "./witness/witness.ts";

export type SightOptions = {
  consul: Consul;
  nomad: Nomad;
  service: ServiceName;
  declared: Declared;
  /** The side that the canary is compared with, where it is. */
  other?: Declared | undefined;
  /** Where there is no such side: what the canary's requests may cost beside, if it can be asked. */
  beside?: Declared | undefined;
  gate: GateSettings;
  /** How instances are asked for their counts, where it is not by plain HTTP on the port of the traffic. */
  counter?: CounterSettings | undefined;
  tell: Tell;
};

export type SightHooks = {
  /** Something has happened that cannot wait for the next look. */
  onNews: () => void;
  onFailure: (error: unknown) => void;
  onWarning: (why: string) => void;
};

/** All that can be seen of a release, from when it is opened until it is closed: both sides, HAProxy's counts, checks. */
export class Sight {
  readonly canary: Side;
  readonly #options: SightOptions & SightHooks;
  readonly #other: Side | undefined;
  readonly #witness: Witness;
  readonly #checks: Checks;
  readonly #costs: Costs;
  readonly #opened = performance.now();
  #trafficSince: number | undefined;
  /** What the other side had counted when it stopped being what it was. */
  #otherUntil: SideSeen | undefined;
  /** The side that is asked for its costs alone, from the first query of a canary on. */
  #beside: { side: Side; since: number } | undefined;
  /** What the requests of either had cost by then, where it told. */
  #costsUntil: { costs: Routes | undefined } | undefined;

  constructor(options: SightOptions & SightHooks) {
    this.#options = options;
    const { declared, other, gate, consul, service, onNews, onFailure, onWarning } = options;
    const hooks = { onNews, onFailure, onWarning };
    this.canary = this.#side(declared);
    this.#other = other === undefined ? undefined : this.#side(other);
    this.#witness = new Witness({ consul, service, answerSeconds: gate.answerSeconds, ...hooks });
    this.#costs = new Costs(gate.costs, gate.intervalSeconds);
    this.#checks = new Checks({
      checks: gate.checks,
      canary: this.#checked(this.canary),
      other: this.#other === undefined ? undefined : this.#checked(this.#other),
      environment: process.env,
      ...hooks,
    });
  }

  /** Seconds since it was opened, of a clock that never jumps. */
  get seconds(): number {
    return (performance.now() - this.#opened) / 1000;
  }

  get hasTraffic(): boolean {
    return this.#trafficSince !== undefined;
  }

  /** From now on the policy's time runs, and what had been counted before is left out. */
  trafficIsOn(): void {
    this.#trafficSince ??= this.seconds;
    this.#other?.mark();
    this.#witness.mark();
    this.#checks.trafficIsOn();
  }

  /** The other side is about to run the release itself: from now on it is no longer compared with. */
  rolloutBegins(): void {
    if (this.#other?.declared.role === "production") this.#otherUntil ??= this.#seenOf(this.#other);
    const side = this.#other ?? this.#beside?.side;
    if (side?.declared.role !== "twin") this.#costsUntil ??= { costs: side?.costs };
  }

  /** Takes in what Consul and Nomad have said meanwhile. */
  look(): void {
    this.canary.look();
    this.#other?.look();
    this.#lookBeside();
  }

  /** Asks all instances and HAProxies. */
  ask(): void {
    this.canary.ask();
    this.#other?.ask();
    if (this.#costsUntil === undefined) this.#beside?.side.ask();
    this.#witness.ask();
  }

  /** What the last look showed. */
  observation(people: People): Observation {
    const since = this.#trafficSince;
    const seconds = since === undefined ? 0 : this.seconds - since;
    const { costs, unknown, waiting } = this.#costs.look(seconds, {
      canary: this.canary.costs,
      other: (this.#costsUntil ?? this.#other ?? this.#beside?.side)?.costs,
      isAwaited: this.#isBesideAwaited(),
    });
    return {
      seconds,
      canary: this.#seenOf(this.canary),
      other: this.#other === undefined ? null : (this.#otherUntil ?? this.#seenOf(this.#other)),
      readings: this.#checks.readings(),
      costs,
      costsWait: waiting,
      unknown: [...this.canary.unread, ...this.#witness.unknown, ...this.#checks.refusals, ...unknown],
      people,
    };
  }

  /** Why the canary cannot be compared yet; undefined when it can, or is not to be. Of production one instance is enough. */
  get otherMissing(): string | undefined {
    if (this.#other === undefined) return undefined;
    const { up, troubles, declared } = this.#other;
    const count = declared.role === "production" ? 1 : declared.count;
    if (up >= count) return undefined;
    const reasons = troubles.length > 0 ? ` (${troubles.join("; ")})` : "";
    return `${up} of ${count} instances of ${declared.role} told their counts${reasons}`;
  }

  async close(): Promise<void> {
    await Promise.all([
      this.canary.close(),
      this.#other?.close(),
      this.#beside?.side.close(),
      this.#witness.close(),
      this.#checks.close(),
    ]);
  }

  /** A service without queries has nothing to compare: then nobody else is asked. */
  #lookBeside(): void {
    const { beside, gate, onWarning } = this.#options;
    if (beside === undefined || !gate.costs.compare || this.#costsUntil !== undefined) return;
    if (this.#beside === undefined && hasQueries(this.canary.costs ?? noRoutes)) {
      const side = this.#side(beside, {
        onNews: () => undefined,
        // A release does not depend on it.
        onFailure: (error) => {
          onWarning(`what requests cost in ${beside.role} cannot be seen: ${reasonOf(error)}`);
        },
      });
      this.#beside = { side, since: this.seconds };
    }
    this.#beside?.side.look();
  }

  /** Whether the side that is asked for its costs alone has told nothing yet, and still has time to. */
  #isBesideAwaited(): boolean {
    if (this.#beside === undefined || this.#costsUntil !== undefined) return false;
    const { side, since } = this.#beside;
    return side.up === 0 && this.seconds - since < this.#options.gate.answerSeconds;
  }

  #side(declared: Declared, hooks: Partial<SightHooks> = {}): Side {
    return new Side({
      ...this.#options,
      ...hooks,
      declared,
      longRunning: declared.role === "production",
      now: () => this.seconds,
    });
  }

  #checked(side: Side): CheckedSide {
    const { declared } = side;
    return {
      ...declared,
      now: () => ({ ...side.now, latencyMs: this.#witness.meanMs(declared.role) }),
    };
  }

  #seenOf(side: Side): SideSeen {
    return { instances: side.instances, haproxy: this.#witness.counts(side.declared.role) };
  }
}
