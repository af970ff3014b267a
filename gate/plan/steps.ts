import type { GateSettings } from "../../settings/schema.ts";
import type { Step } from "../../settings/steps.ts";
import { many } from "../decide/words.ts";

type Asked = Pick<GateSettings, "steps" | "approval" | "onInconclusive">;

/** Seconds that the steps before the last one take, with so many requests a second at all servers together. */
export function secondsBeforeLast(steps: readonly Step[], requestsPerSecond: number): number {
  return steps.slice(0, -1).reduce((sum, step) => sum + secondsOf(step, requestsPerSecond), 0);
}

function secondsOf(step: Step, requestsPerSecond: number): number {
  const { goal, pauseSeconds, share } = step;
  const { requests = 0, seconds = 0 } = goal;
  const needed = requests === 0 ? 0 : requests / (share * requestsPerSecond);
  return Math.max(needed, seconds) + pauseSeconds;
}

/** What the figures of a plan leave out, one sentence each. */
export function besideFigures(
  { steps, approval, onInconclusive }: Asked,
  requestsPerSecond: number,
): string[] {
  const sentences: string[] = [];
  const last = steps.at(-1);
  if (last !== undefined) {
    const before = secondsBeforeLast(steps, requestsPerSecond);
    const alone = secondsOf(last, requestsPerSecond);
    sentences.push(
      "all figures are of the last step, as if it were the only one" +
        (steps.length === 1
          ? ""
          : `; what comes before it, ${many(steps.length - 1, "step")}, is on top: ${minutes(before)}`),
      `the last step takes at least ${minutes(alone)}, also where the policy is done sooner`,
    );
  }
  const approvals = [approval, ...steps.map((step) => step.approval)].filter(
    (one) => one === "required",
  ).length;
  if (approvals > 0) sentences.push(`${many(approvals, "approval")} on top, for as long as people take`);
  if (onInconclusive === "extend")
    sentences.push(
      "where a limit is reached the watch goes on once more as long, which is not in the figures",
    );
  return sentences;
}

function minutes(seconds: number): string {
  if (!Number.isFinite(seconds)) return "no end without traffic";
  return `${Number((seconds / 60).toPrecision(2))} minutes with today's traffic`;
}
