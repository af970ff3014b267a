import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { Judge } from "../decide/judge.ts";
import { unattended, type Rules } from "../decide/rules.ts";
import { nobody } from "../decide/people.ts";
import type { SideSeen } from "../decide/observation.ts";
import type { Final } from "../decide/verdict.ts";
import type { Circumstances, Expected } from "./expected.ts";

/** Releases for each rate: a probability is known to 2.2 % at worst, as one standard error. */
export const runs = 500;

/** Each look is so much later than the one before; what is seen between two looks decides as one interval. */
const growth = 1.03;

/** What becomes of releases with this error rate, found by judging simulated ones with the gate's own rules. */
export function expectedSimulated(circumstances: Circumstances, rate: number): Expected {
  const random = uniformFrom(1);
  const ends = Array.from({ length: runs }, () => simulated(circumstances, rate, random));
  const part = (type: Final["type"]) => ends.filter((end) => end.type === type).length / runs;
  const mean = (of: (end: Final) => number) => ends.reduce((sum, end) => sum + of(end), 0) / runs;
  return {
    rate,
    reject: part("reject"),
    promote: part("promote"),
    inconclusive: part("inconclusive"),
    requests: mean(({ evidence }) => evidence.canary.requests),
    seconds: mean(({ evidence }) => evidence.seconds),
    failed: mean(({ evidence }) => evidence.canary.failed),
  };
}

function simulated(circumstances: Circumstances, rate: number, random: () => number): Final {
  const { policy, otherSide, limitSeconds, intervalSeconds } = circumstances;
  const { canaryPerSecond, otherPerSecond, background } = circumstances;
  const rules: Rules = {
    policy,
    checks: [],
    allowedErrors: [],
    limitSeconds,
    otherSide,
    witness: "optional",
    ...unattended,
  };
  const judge = new Judge(rules);
  const canary = new Side(canaryPerSecond, rate, random);
  const other = new Side(otherPerSecond, background, random);
  for (let seconds = intervalSeconds; ; seconds = Math.min(limitSeconds, seconds * growth)) {
    const verdict = judge.see({
      seconds,
      canary: canary.at(seconds),
      other: other.at(seconds),
      readings: [],
      costs: [],
      costsWait: null,
      unknown: [],
      people: nobody,
    });
    if (verdict.type !== "wait") return verdict;
  }
}

/** A side whose requests fail independently. The gaps between failures are drawn, which are geometric. */
class Side {
  readonly #perSecond: number;
  readonly #rate: number;
  readonly #random: () => number;
  #failed = 0;
  #nextFailure: number;

  constructor(perSecond: number, rate: number, random: () => number) {
    this.#perSecond = perSecond;
    this.#rate = rate;
    this.#random = random;
    this.#nextFailure = this.#gap();
  }

  at(seconds: number): SideSeen {
    const requests = Math.floor(this.#perSecond * seconds);
    while (this.#nextFailure <= requests) {
      this.#failed += 1;
      this.#nextFailure += this.#gap();
    }
    const failed = this.#failed;
    return {
      instances: [{ id: "", requests, failed, errors: failed, fingerprints: {}, fault: null }],
      haproxy: null,
    };
  }

  #gap(): number {
    if (this.#rate <= 0) return Number.POSITIVE_INFINITY;
    if (this.#rate >= 1) return 1;
    return Math.floor(Math.log1p(-this.#random()) / Math.log1p(-this.#rate)) + 1;
  }
}

/** The same numbers for the same seed, from 0 to below 1. */
function uniformFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  // The first numbers show too much of a small seed.
  for (let skipped = 0; skipped < 100; skipped++) generator.next();
  return () => uniformFloat64(generator);
}
