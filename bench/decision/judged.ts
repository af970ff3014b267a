import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { Judge } from "../../gate/decide/judge.ts";
import type { Rules } from "../../gate/decide/rules.ts";
import type { Final } from "../../gate/decide/verdict.ts";
import { Observer } from "./observer.ts";
import { Traffic, type Scenario } from "./traffic.ts";

/** The verdict on one release with that traffic; the rules need a limit for it to end. */
export function judged(rules: Rules, scenario: Scenario, random: RandomGenerator): Final {
  const judge = new Judge(rules);
  const traffic = new Traffic(scenario, random);
  const observer = new Observer();
  for (;;) {
    const verdict = judge.see(observer.after(traffic.next()));
    if (verdict.type !== "wait") return verdict;
  }
}
