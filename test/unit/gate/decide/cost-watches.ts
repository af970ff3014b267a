import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { isCostly, type CostRule, type CostSeen } from "../../../../gate/decide/costs.ts";

type Draw = (random: () => number) => number;

const geometric = (mean: number, random: () => number) =>
  Math.floor(Math.log1p(-random()) / Math.log1p(-1 / (mean + 1)));

/** Queries of a request, of services of several kinds. */
export const services = {
  "two queries each": () => 2,
  "five on average": (random) => geometric(5, random),
  "one of two kinds": (random) => (random() < 0.2 ? 40 : 1),
  "2 and, once in 200 requests, 30,000": (random) => (random() < 0.005 ? 30_000 : 2),
  "without a variance": (random) => Math.floor((1 - random()) ** (-1 / 1.5)),
} as const satisfies Record<string, Draw>;

/** The same for each request of a client, who sends `size` of them to one side. */
export function inClusters(draw: Draw, size: number): Draw {
  let left = 0;
  let each = 0;
  return (random) => {
    if (left-- > 0) return each;
    left = size - 1;
    return (each = draw(random));
  };
}

export type Watch = {
  canary: Draw;
  other: Draw;
  rule: CostRule;
  /** Requests of each side between two looks. */
  canaryEach: number;
  otherEach: number;
  looks: number;
};

/** Of so many releases, the part that is rejected at one of the looks. */
export function rejected(watches: number, watch: () => Watch, random: () => number): number {
  let count = 0;
  for (let each = 0; each < watches; each++) if (isRejected(watch(), random)) count += 1;
  return count / watches;
}

function isRejected(
  { canary, other, rule, canaryEach, otherEach, looks }: Watch,
  random: () => number,
): boolean {
  const [mine, theirs] = [new Counted(), new Counted()];
  const seen: CostSeen = { route: "GET /", respect: "queries", canary: mine, other: theirs };
  for (let look = 0; look < looks; look++) {
    for (let each = 0; each < canaryEach; each++) mine.add(canary(random));
    for (let each = 0; each < otherEach; each++) theirs.add(other(random));
    if (isCostly(rule, seen)) return true;
  }
  return false;
}

class Counted {
  requests = 0;
  sum = 0;
  squares = 0;

  add(queries: number): void {
    this.requests += 1;
    this.sum += queries;
    this.squares += queries * queries;
  }
}

/** The same numbers for the same seed, from 0 to below 1. */
export function uniformFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  for (let skipped = 0; skipped < 100; skipped++) generator.next();
  return () => uniformFloat64(generator);
}
