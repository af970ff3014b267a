import { comparesSides, type GateCheck } from "../../settings/gate-checks.ts";
import type { SideNames } from "../../settings/promql.ts";
import type { Instance } from "../clients/consul.ts";
import type { Allocation } from "../clients/nomad-answers.ts";
import type { Reading } from "../decide/observation.ts";
import { nextEnds, noEnds, restartsOf, type Ends } from "./ends.ts";
import { failingOf } from "./failing.ts";
import { Queries } from "./queries.ts";

/** What is known of a side at the moment. */
export type SideNow = {
  /** Those of the watched version of its job, as Nomad last told them. */
  allocations: readonly Allocation[];
  /** As Consul last told them. */
  instances: readonly Instance[];
  /** Longest stall of an event loop lately, in milliseconds, where an instance tells. */
  lagMs: number | undefined;
  /** Mean time of HAProxy's last requests, in milliseconds, where it tells. */
  latencyMs: number | undefined;
};

export type CheckedSide = SideNames & { now: () => SideNow };

export type ChecksOptions = {
  checks: readonly GateCheck[];
  canary: CheckedSide;
  /** The side that the canary is compared with, where there is one. */
  other: CheckedSide | undefined;
  /** Where passwords and tokens may be. */
  environment: NodeJS.ProcessEnv;
  /** Something that people should know; the same may come again. */
  onWarning: (why: string) => void;
  /** The checks cannot go on. */
  onFailure: (error: unknown) => void;
};

/** Reads the guard rails beside the policy, from when it is opened until it is closed. What they mean is decided elsewhere. */
export class Checks {
  readonly #options: ChecksOptions;
  readonly #queries = new Map<string, Queries>();
  #ends: Ends = noEnds;
  #hasTraffic = false;

  constructor(options: ChecksOptions) {
    this.#options = options;
    const { checks, canary, other, environment, onWarning, onFailure } = options;
    for (const check of checks) {
      if (check.type !== "prometheus") continue;
      const queries = new Queries({ check, canary, other, environment, onWarning, onFailure });
      this.#queries.set(check.name, queries);
    }
  }

  /** From now on there is traffic: what Prometheus said before is forgotten, and it is asked anew. */
  trafficIsOn(): void {
    this.#hasTraffic = true;
    for (const queries of this.#queries.values()) queries.restart();
  }

  /** The newest number of each check; nothing of one that has not been read yet. Does not wait for anything. */
  readings(): Reading[] {
    const { checks, canary, other } = this.#options;
    const mine = canary.now();
    const theirs = comparesSides(checks) ? other?.now() : undefined;
    this.#ends = nextEnds(this.#ends, mine.allocations);
    return checks.flatMap((check) => this.#read(check, mine, theirs) ?? []);
  }

  /** Checks that can give no number as they are set, by the newest answers, one sentence each. */
  get refusals(): string[] {
    return [...this.#queries].flatMap(([name, { refusal }]) =>
      refusal === undefined ? [] : [`The check ${name} cannot be read: ${refusal}.`],
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queries.values()].map((queries) => queries.close()));
  }

  #read(check: GateCheck, mine: SideNow, theirs: SideNow | undefined): Reading | undefined {
    switch (check.type) {
      case "event-loop-lag":
        return compared(check, mine.lagMs, theirs?.lagMs, "tells how long its event loop stalls");
      case "latency":
        return compared(check, mine.latencyMs, theirs?.latencyMs, "has a time of requests in HAProxy");
      case "restarts":
        return counted(check, mine.allocations, restartsOf(this.#ends));
      case "out-of-memory":
        return counted(check, mine.allocations, this.#ends.kills.size);
      case "failing-checks": {
        const failing = failingOf(mine.instances);
        if (this.#hasTraffic) failing.forEach(this.#options.onWarning);
        return counted(check, mine.instances, failing.length);
      }
      case "prometheus":
        return this.#queries.get(check.name)?.reading;
    }
  }
}

type Comparing = Extract<GateCheck, { ratio?: unknown }>;

function compared(
  { name, ratio }: Comparing,
  canary: number | undefined,
  other: number | undefined,
  what: string,
): Reading {
  const side = canary === undefined ? "canary" : "instance to compare with";
  const isMissing = canary === undefined || (ratio !== undefined && other === undefined);
  const why = isMissing ? `no ${side} ${what}` : "";
  return { check: name, canary: canary ?? null, other: other ?? null, why };
}

/** @param known - whom the number is about; without any there is none */
function counted({ name }: GateCheck, known: readonly unknown[], times: number): Reading {
  return known.length === 0
    ? { check: name, canary: null, other: null, why: "no canary is known yet" }
    : { check: name, canary: times, other: null, why: "" };
}
