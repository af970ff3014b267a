import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { Rules } from "../../gate/decide/judge.ts";
import { policy } from "../../settings/policy.ts";
import { judged } from "./judged.ts";
import type { Outcome } from "./outcome.ts";
import { background, besideTwin, margin, type Release } from "./releases.ts";

/** What Nary's policies promise here. */
export const promised = { alpha: 0.01, beta: 0.05, confidence: 0.99 } as const;
const { alpha, beta, confidence } = promised;

/** As long as Kayenta's analysis. */
const limitSeconds = 3 * 3600;

const zeroErrors = () => ({ type: "zero-errors" });
const errorBudget = (phi: number) => ({
  type: "error-budget",
  acceptable: background,
  unacceptable: margin * background,
  alpha,
  beta,
  phi,
});
const baseline = (phi: number) => ({
  type: "baseline",
  alpha,
  beta,
  margin,
  bound: { errorRate: background, confidence },
  phi,
});

export type Ours = {
  name: string;
  /** Whether the probabilities above are promised for every release. */
  isPromised: boolean;
  run: (release: Release, random: RandomGenerator) => Outcome;
};

export const ours: readonly Ours[] = [
  { name: "nary:zero-errors", isPromised: false, run: runOf(zeroErrors, "production") },
  { name: "nary:error-budget", isPromised: false, run: runOf(errorBudget, "production") },
  { name: "nary:baseline", isPromised: true, run: runOf(baseline, "production") },
  { name: "nary:baseline+twin", isPromised: true, run: runOf(baseline, "twin") },
];

function runOf(given: (phi: number) => object, otherSide: Rules["otherSide"]): Ours["run"] {
  return (release, random) => {
    const rules: Rules = {
      policy: policyOf(given, release.phi),
      checks: [],
      allowedErrors: [],
      limitSeconds,
      otherSide,
      witness: "optional",
    };
    const scenario = otherSide === "twin" ? besideTwin(release) : release.scenario;
    const { type, evidence } = judged(rules, scenario, random);
    const { requests, failed } = evidence.canary;
    return { said: type, requests, failed, seconds: evidence.seconds };
  };
}

const parsed = new Map<string, Rules["policy"]>();

function policyOf(given: (phi: number) => object, phi: number): Rules["policy"] {
  const text = JSON.stringify(given(phi));
  const known = parsed.get(text) ?? policy.parse(JSON.parse(text));
  parsed.set(text, known);
  return known;
}
