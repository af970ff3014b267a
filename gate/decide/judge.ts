import { baseline } from "./baseline.ts";
import { checkState, lasting } from "./checks.ts";
import { compared, noComparison, type Comparison } from "./comparison.ts";
import { costlyWhy } from "./costs.ts";
import { errorBudget } from "./error-budget.ts";
import { evidenceOf, firstErrorOf } from "./evidence.ts";
import { extendedRules, isLimit } from "./limits.ts";
import type { Observation } from "./observation.ts";
import type { People } from "./people.ts";
import type { Rules } from "./rules.ts";
import { advanced, approvalsUntil, firstStep, lackOf, type Mark } from "./steps.ts";
import type { Decided, Evidence, Outcome, Rule, Verdict, Wait } from "./verdict.ts";
import { abortedBy, Clock, heldBack, promotedBy, type Held } from "./waiting.ts";
import { zeroErrors } from "./zero-errors.ts";

/**
 * Gives a verdict on each observation. Nothing but the rules and the observations so far goes into it, so that the same
 * observations give the same verdicts again. An observation that is seen twice changes nothing.
 */
export class Judge {
  #rules: Rules;
  #comparison: Comparison | undefined;
  /** Checks that are bad, with the seconds with traffic since when they have been. */
  readonly #badSince = new Map<string, number | undefined>();
  #progress = firstStep;
  readonly #clock = new Clock();
  /** Which limit was reached before the rules became those of a watch twice as long. */
  #extended: string | null = null;

  constructor(rules: Rules) {
    this.#rules = rules;
    const { policy } = rules;
    if (policy.type === "baseline") this.#comparison = noComparison(policy);
  }

  /** The verdict after one more observation: rejections come first, then the promotion, then the limits. */
  see(observation: Observation): Verdict {
    const evidence = evidenceOf(observation, this.#rules.allowedErrors);
    const outcome = this.#decided(observation, evidence);
    this.#clock.saw(observation.seconds, outcome.type === "wait" && outcome.waitsFor !== null);
    if (outcome.type !== "inconclusive" || !this.#isExtendable(outcome.rule)) return { ...outcome, evidence };
    this.#extended = outcome.why;
    this.#rules = extendedRules(this.#rules);
    return this.see(observation);
  }

  #isExtendable(rule: Rule): boolean {
    return this.#rules.onInconclusive === "extend" && this.#extended === null && isLimit(rule);
  }

  #decided(observation: Observation, evidence: Evidence): Decision {
    const { seconds, people } = observation;
    const policy = this.#byPolicy(observation, evidence);
    if (policy.type === "reject") return policy;
    const checks = this.#byChecks(observation);
    if (checks.type === "bad") return { type: "reject", why: checks.why, rule: checks.rule };
    const costs = this.#byCosts(observation);
    if (costs.type === "bad") return { type: "reject", why: costs.why, rule: costs.rule };
    const byPeople = abortedBy(people) ?? promotedBy(people, policy);
    if (byPeople !== undefined) return byPeople;

    const waiting = checks.waiting ?? costs.waiting;
    const held = this.#held(policy, waiting, { seconds, requests: evidence.canary.requests }, people);
    if (held.waitsFor !== null && people.supersededBy !== null) {
      const why = `the newer release ${people.supersededBy} takes its place: ${held.why}`;
      return { type: "inconclusive", why, rule: "superseded" };
    }
    if (policy.type === "inconclusive" && people.pausedBy === null) return policy;
    if (policy.type === "promote" && !held.isHeld) return policy;
    const { limitSeconds } = this.#rules;
    if (held.waitsFor === null && this.#clock.at(seconds) >= limitSeconds) {
      const why = `the time limit of ${limitSeconds} s was reached after ${held.why}`;
      return { type: "inconclusive", why, rule: "time limit" };
    }
    const { step, wentOn } = this.#progress;
    const { why, waitsFor } = held;
    return { type: "wait", why, step, wentOn, waitsFor, extended: this.#extended };
  }

  #byPolicy(observation: Observation, evidence: Evidence): Outcome {
    const { policy, otherSide, allowedErrors } = this.#rules;
    switch (policy.type) {
      case "zero-errors":
        return zeroErrors(policy, evidence.canary, firstErrorOf(observation.canary, allowedErrors));
      case "error-budget":
        return errorBudget(policy, evidence.canary);
      case "baseline": {
        const { seconds, canary, other } = evidence;
        const before = this.#comparison ?? noComparison(policy);
        const after = other === null ? before : compared(before, seconds, canary, other);
        this.#comparison = after;
        return baseline(policy, evidence, this.#clock.at(seconds), after, otherSide);
      }
    }
  }

  /** What the guard rails say: that one is bad, or what lets a promotion wait. */
  #byChecks({ seconds, readings, canary }: Observation): Checked {
    const { checks, witness } = this.#rules;
    let waiting =
      witness === "required" && canary.haproxy === null ? "no HAProxy could be asked yet" : undefined;
    // Before there is traffic a check has nothing to look at.
    for (const rule of seconds > 0 ? checks : []) {
      const { name } = rule;
      const now = lasting(rule, checkState(rule, readings), seconds, this.#badSince.get(name));
      this.#badSince.set(name, now.badSince);
      const { state } = now;
      if (state.type === "bad") return { type: "bad", why: state.why, rule: `check: ${name}` };
      if (state.type === "wait") waiting ??= state.why;
    }
    return { type: "well", waiting };
  }

  /** That requests cost too much, or that a promotion waits until it is looked at. */
  #byCosts({ seconds, costs: seen, costsWait }: Observation): Checked {
    const { costs, otherSide } = this.#rules;
    if (costs === null || seconds === 0) return { type: "well", waiting: undefined };
    const { afterSeconds } = costs;
    if (seconds < afterSeconds)
      return { type: "well", waiting: `costs are looked at after ${afterSeconds} s with traffic` };
    const why = costlyWhy(costs, seen, otherSide);
    return why === undefined
      ? { type: "well", waiting: costsWait ?? undefined }
      : { type: "bad", why, rule: "check: costs" };
  }

  /** Goes on in the steps as far as it may, and tells what then keeps the release where it is. */
  #held(policy: Outcome, waiting: string | undefined, now: Mark, people: People): Held {
    const { steps, approval } = this.#rules;
    const { approvals } = people;
    this.#progress = advanced(steps, this.#progress, now, { approvals, paused: people.pausedBy !== null });
    const lack = lackOf(steps, this.#progress, now, approvals);
    const unapproved = approval === "required" && approvals <= approvalsUntil(steps, steps.length);
    return heldBack({ policy, waiting, lack, unapproved, people });
  }
}

/** A verdict without its evidence. */
type Decision = Wait | Exclude<Outcome, { type: "wait" }>;

type Checked = ({ type: "bad" } & Decided) | { type: "well"; waiting: string | undefined };
