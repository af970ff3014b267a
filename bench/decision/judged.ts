import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { Judge, type Rules } from "../../gate/decide/judge.ts";
import type { SideSeen } from "../../gate/decide/observation.ts";
import type { Final } from "../../gate/decide/verdict.ts";
import { Traffic, type Grown, type Scenario } from "./traffic.ts";

/** The verdict on one release with that traffic; the rules need a limit for it to end. */
export function judged(rules: Rules, scenario: Scenario, random: RandomGenerator): Final {
  const judge = new Judge(rules);
  const traffic = new Traffic(scenario, random);
  const canary = { requests: 0, failed: 0 };
  const other = { requests: 0, failed: 0 };
  for (;;) {
    const more = traffic.next();
    add(canary, more.canary);
    add(other, more.other);
    const verdict = judge.see({
      seconds: more.seconds,
      canary: sideOf(canary),
      other: sideOf(other),
      readings: [],
      unknown: [],
    });
    if (verdict.type !== "wait") return verdict;
  }
}

function add(sum: Grown, more: Grown): void {
  sum.requests += more.requests;
  sum.failed += more.failed;
}

const sideOf = ({ requests, failed }: Grown): SideSeen => ({
  instances: [{ id: "", requests, failed, errors: failed, fingerprints: {}, fault: null }],
  haproxy: null,
});
