import { randomFrom } from "./failures.ts";
import { baselineBeside } from "./nary.ts";
import { scenarioOf, type Release } from "./releases.ts";
import { Traffic } from "./traffic.ts";
import type { Policy, Told, Watch } from "./watch.ts";

/** What became of the releases; sums over all runs. */
export type Sums = {
  promoted: number;
  rejected: number;
  inconclusive: number;
  /** Of the canaries, until the verdict. */
  requests: number;
  seconds: number;
  /** Failed requests of the canaries, until the verdict. */
  clientErrors: number;
};

export type Simulated = {
  policy: Sums;
  /**
   * What nary:baseline makes of the very requests that a peer saw; where it has not decided by then, it is inconclusive.
   */
  nary?: Sums;
};

/** After that nobody waits any longer for a policy that has no limit of its own. */
const mostSeconds = 4 * 3600;

const none = (): Sums => ({
  promoted: 0,
  rejected: 0,
  inconclusive: 0,
  requests: 0,
  seconds: 0,
  clientErrors: 0,
});

/** Judges the release so many times. The same runs give the same numbers again. */
export function simulate(policy: Policy, release: Release, runs: number): Simulated {
  const scenario = scenarioOf(release, policy);
  const random = randomFrom(7);
  const all: Simulated = policy.kind === "peer" ? { policy: none(), nary: none() } : { policy: none() };
  const beside = baselineBeside(policy.beside);
  for (let run = 0; run < runs; run++) {
    const traffic = new Traffic(scenario, random);
    const judged = new Judged(policy.watch(release));
    const nary = all.nary === undefined ? undefined : new Judged(beside.watch(release));
    for (let seconds = 0; judged.told === "wait" && seconds < mostSeconds;) {
      const more = traffic.next(judged.share());
      judged.see(more);
      nary?.see(more);
      seconds = more.seconds;
    }
    judged.addTo(all.policy);
    if (all.nary !== undefined) nary?.addTo(all.nary);
  }
  return all;
}

/** A watch with what it has seen until its verdict. */
class Judged {
  told: Told = "wait";
  readonly #watch: Watch;
  #requests = 0;
  #seconds = 0;
  #failed = 0;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  share(): number | undefined {
    return this.#watch.share();
  }

  see(more: Parameters<Watch["see"]>[0]): void {
    if (this.told !== "wait") return;
    this.#requests += more.canary.requests;
    this.#seconds = more.seconds;
    this.#failed += more.canary.failed;
    this.told = this.#watch.see(more);
  }

  addTo(sums: Sums): void {
    sums[verdictOf(this.told)] += 1;
    sums.requests += this.#requests;
    sums.seconds += this.#seconds;
    sums.clientErrors += this.#failed;
  }
}

function verdictOf(told: Told): "promoted" | "rejected" | "inconclusive" {
  switch (told) {
    case "promote":
      return "promoted";
    case "reject":
      return "rejected";
    case "inconclusive":
    case "wait":
      return "inconclusive";
  }
}
