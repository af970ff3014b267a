import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { Peer } from "./peers/peer.ts";
import { Traffic, type Grown, type Scenario } from "./traffic.ts";

/** How one release ended, and what its canary had served until then. */
export type Outcome = {
  said: "promote" | "reject" | "inconclusive";
  requests: number;
  failed: number;
  seconds: number;
};

/** Peers end by themselves, but for one that is never given a sound window. */
const mostSeconds = 24 * 3600;

export function outcomeOf(peer: Peer, scenario: Scenario, random: RandomGenerator): Outcome {
  const judge = peer.begin();
  const traffic = new Traffic(scenario, random);
  const all: Grown = { requests: 0, failed: 0 };
  for (let seconds = 0; seconds < mostSeconds;) {
    const window = { canary: { requests: 0, failed: 0 }, other: { requests: 0, failed: 0 } };
    for (let passed = 0; passed < peer.windowSeconds; passed += scenario.intervalSeconds) {
      const more = traffic.next();
      seconds = more.seconds;
      add(window.canary, more.canary);
      add(window.other, more.other);
    }
    add(all, window.canary);
    const said = judge(window);
    if (said !== "wait") return { said, ...all, seconds };
  }
  return { said: "inconclusive", ...all, seconds: mostSeconds };
}

function add(sum: Grown, more: Grown): void {
  sum.requests += more.requests;
  sum.failed += more.failed;
}
