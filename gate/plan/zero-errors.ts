import type { ZeroErrors } from "../../settings/policy.ts";
import { confidenceOf, goalOf } from "../decide/zero-errors.ts";
import type { Circumstances, Expected } from "./expected.ts";

/**
 * Under zero-errors, exactly: among n requests there is an error with probability 1 − (1 − rate)^n, and the first one is
 * expected at request (1 − (1 − rate)^n) / rate, the goal or the time limit being n. What comes until the gate looks
 * again, half an interval on average, is added.
 */
export function expectedZeroErrors(policy: ZeroErrors, circumstances: Circumstances, rate: number): Expected {
  const { canaryPerSecond, limitSeconds, intervalSeconds } = circumstances;
  const goal = goalOf(policy);
  const inTime = Math.floor(canaryPerSecond * limitSeconds);
  const most = Math.min(goal, inTime);
  const reject = rate === 0 ? 0 : confidenceOf(most, rate);
  const late = (canaryPerSecond * intervalSeconds) / 2;
  const requests = (rate === 0 ? most : reject / rate) + late;
  return {
    rate,
    reject,
    promote: inTime >= goal ? 1 - reject : 0,
    inconclusive: inTime >= goal ? 0 : 1 - reject,
    requests,
    seconds: canaryPerSecond === 0 ? limitSeconds : Math.min(limitSeconds, requests / canaryPerSecond),
    failed: reject * (1 + rate * late),
  };
}
