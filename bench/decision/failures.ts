import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** Numbers that are the same ones for the same seed. The first ones show too much of a small seed, and are left out. */
export function randomFrom(seed: number): RandomGenerator {
  const random = xoroshiro128plus(seed);
  for (let skipped = 0; skipped < 100; skipped++) random.next();
  return random;
}

/** Drawn with rate 1. */
export function exponential(random: RandomGenerator): number {
  return -Math.log1p(-uniformFloat64(random));
}

/**
 * Which requests of one side fail. It draws the gaps between failures instead of each request: a request uses up
 * −ln(1 − p) of an exponential variable, and fails when it is used up. That is exactly one independent draw a request,
 * also where p changes on the way.
 */
export class Failures {
  readonly #random: RandomGenerator;
  /** Requests in a row that fail, once one does. */
  readonly #size: number;
  #gap: number;
  #left = 0;

  constructor(random: RandomGenerator, size: number) {
    this.#random = random;
    this.#size = size;
    this.#gap = exponential(random);
  }

  /** How many of the next requests fail, of which `rate` do in the long run. */
  among(requests: number, rate: number): number {
    let failed = Math.min(this.#left, requests);
    let rest = requests - failed;
    this.#left -= failed;
    if (rate <= 0) return failed;
    const perRequest = -Math.log1p(-rate / (rate + this.#size * (1 - rate)));
    while (rest > 0) {
      if (this.#gap > rest * perRequest) {
        this.#gap -= rest * perRequest;
        return failed;
      }
      rest -= Math.max(1, Math.ceil(this.#gap / perRequest));
      this.#gap = exponential(this.#random);
      const more = Math.min(this.#size, rest + 1);
      failed += more;
      rest -= more - 1;
      this.#left = this.#size - more;
    }
    return failed;
  }
}
