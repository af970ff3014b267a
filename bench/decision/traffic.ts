import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { exponential, Failures } from "./failures.ts";

/** How the requests of one side fail. */
export type Errors = {
  /** Part of the requests that fail, outside of bursts and warm-up. */
  rate: number;
  /** Failures that come on requests one after the other; each comes by itself unless given. */
  clusters?: number;
  /** In its first seconds with traffic, the side fails so many times as often. */
  warmUp?: { seconds: number; times: number };
};

/** Traffic on a canary and on the side that it is compared with. */
export type Scenario = {
  /** On both sides together. */
  requestsPerSecond: number;
  /** Seconds between two looks. */
  intervalSeconds: number;
  /** Part of all requests that the canary gets. */
  share: number;
  /** From that second on the canary gets another share. */
  change?: { seconds: number; share: number };
  /** Seconds before the canary gets its first request. */
  lateSeconds?: number;
  /** Times in which both sides fail so many times as often, so far apart on average, each so long. */
  bursts?: { everySeconds: number; seconds: number; times: number };
  canary: Errors;
  other: Errors;
};

export type Grown = { requests: number; failed: number };

/** What happened since the last look. */
export type Increments = { seconds: number; canary: Grown; other: Grown };

/** A side of so many instances that get the same number of requests, one of which fails otherwise. */
export function oneBadOf(instances: number, rate: number, badRate: number): number {
  return (rate * (instances - 1) + badRate) / instances;
}

/** One release's traffic. */
export class Traffic {
  readonly #scenario: Scenario;
  readonly #random: RandomGenerator;
  readonly #canary: Failures;
  readonly #other: Failures;
  #looks = 0;
  #canaryDue = 0;
  #otherDue = 0;
  #burstUntil = 0;
  #burstFrom: number;

  constructor(scenario: Scenario, random: RandomGenerator) {
    this.#scenario = scenario;
    this.#random = random;
    this.#canary = new Failures(this.#random, scenario.canary.clusters ?? 1);
    this.#other = new Failures(this.#random, scenario.other.clusters ?? 1);
    this.#burstFrom = this.#nextBurst(0);
  }

  /**
   * What happens until the next look.
   *
   * @param share - of all requests that the canary gets, once it gets any; as the scenario says unless given
   */
  next(share?: number): Increments {
    const { requestsPerSecond, intervalSeconds, lateSeconds = 0, canary, other } = this.#scenario;
    const from = this.#looks * intervalSeconds;
    this.#looks += 1;
    const canaryShare = from < lateSeconds ? 0 : (share ?? this.#shareAt(from));
    const all = requestsPerSecond * intervalSeconds;
    // What is left of a request comes in the next interval.
    this.#canaryDue += all * canaryShare;
    this.#otherDue += all * (1 - canaryShare);
    const mine = Math.floor(this.#canaryDue);
    const theirs = Math.floor(this.#otherDue);
    this.#canaryDue -= mine;
    this.#otherDue -= theirs;
    const times = this.#burstAt(from);
    const mineFailed = this.#canary.among(mine, rateAt(canary, from - lateSeconds) * times);
    const theirsFailed = this.#other.among(theirs, rateAt(other, from) * times);
    return {
      seconds: this.#looks * intervalSeconds,
      canary: { requests: mine, failed: mineFailed },
      other: { requests: theirs, failed: theirsFailed },
    };
  }

  #shareAt(seconds: number): number {
    const { share, change } = this.#scenario;
    return change !== undefined && seconds >= change.seconds ? change.share : share;
  }

  #burstAt(seconds: number): number {
    const { bursts } = this.#scenario;
    if (bursts === undefined) return 1;
    while (seconds >= this.#burstFrom) {
      this.#burstUntil = this.#burstFrom + bursts.seconds;
      this.#burstFrom = this.#nextBurst(this.#burstUntil);
    }
    return seconds < this.#burstUntil ? bursts.times : 1;
  }

  #nextBurst(from: number): number {
    const { bursts } = this.#scenario;
    return bursts === undefined
      ? Number.POSITIVE_INFINITY
      : from + bursts.everySeconds * exponential(this.#random);
  }
}

function rateAt({ rate, warmUp }: Errors, seconds: number): number {
  return warmUp !== undefined && seconds < warmUp.seconds ? rate * warmUp.times : rate;
}
