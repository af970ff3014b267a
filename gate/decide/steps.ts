import type { Step } from "../../settings/steps.ts";
import { percentage } from "../../settings/share.ts";
import { many } from "./words.ts";

/** What a step has seen. */
export type Mark = { seconds: number; requests: number };

/** How far a release is in its steps. */
export type Progress = {
  /** From 0. */
  readonly step: number;
  /** When it began. */
  readonly begun: Mark;
  /** Seconds with traffic at which its goal was met. */
  readonly metAt: number | undefined;
  /** What the step before had shown when it was left; null in the first one. */
  readonly wentOn: string | null;
};

export const firstStep: Progress = {
  step: 0,
  begun: { seconds: 0, requests: 0 },
  metAt: undefined,
  wentOn: null,
};

/** What people and the clock have to do with it. */
export type Allowed = {
  /** How many waits for an approval people have ended. */
  approvals: number;
  /** Whether somebody holds the release where it is. */
  paused: boolean;
};

/** What a step still lacks, in words; null where it lacks nothing. */
export type Lack = { why: string; needsApproval: boolean };

/** How many approvals the steps up to this one need, itself included. */
export const approvalsUntil = (steps: readonly Step[], step: number): number =>
  steps.slice(0, step + 1).filter(({ approval }) => approval === "required").length;

/** The progress after what has been seen until now: it goes on to the next step, by one at most, where it may. */
export function advanced(
  steps: readonly Step[],
  before: Progress,
  now: Mark,
  { approvals, paused }: Allowed,
): Progress {
  const current = steps[before.step];
  if (current === undefined) return before;
  // Before there is traffic no step has begun; what a canary has counted by then is not of the first one.
  if (now.seconds === 0) return { ...before, begun: now };
  const isMet = before.metAt !== undefined || isGoalMet(current, before.begun, now);
  const progress = isMet ? { ...before, metAt: before.metAt ?? now.seconds } : before;
  const isLast = before.step === steps.length - 1;
  if (paused || isLast || lackOf(steps, progress, now, approvals) !== null) return progress;
  const approved = current.approval === "required" ? ", approved" : "";
  const { requests, seconds } = since(before.begun, now);
  return {
    step: before.step + 1,
    begun: now,
    metAt: undefined,
    wentOn: `${many(requests, "request")} in ${Math.round(seconds)} s at ${percentage(current.share)}${approved}`,
  };
}

/** What the step lacks; where it is the last one, before the promotion. */
export function lackOf(
  steps: readonly Step[],
  { step, begun, metAt }: Progress,
  now: Mark,
  approvals: number,
): Lack | null {
  const current = steps[step];
  if (current === undefined) return null;
  const name = `step ${step + 1} of ${steps.length} at ${percentage(current.share)}`;
  if (metAt === undefined)
    return { why: `${name}: ${progressOf(current, begun, now)}`, needsApproval: false };
  if (current.approval === "required" && approvals < approvalsUntil(steps, step))
    return { why: `${name}: its goal is met, it ${forApproval}`, needsApproval: true };
  const left = metAt + current.pauseSeconds - now.seconds;
  if (left <= 0) return null;
  return { why: `${name}: its goal is met, it pauses for ${Math.ceil(left)} s more`, needsApproval: false };
}

/** How a wait for an approval is told. */
export const forApproval = "waits for an approval (nary promote)";

function isGoalMet({ goal: { requests = 0, seconds = 0 } }: Step, begun: Mark, now: Mark): boolean {
  const seen = since(begun, now);
  return seen.requests >= requests && seen.seconds >= seconds;
}

function progressOf({ goal: { requests, seconds } }: Step, begun: Mark, now: Mark): string {
  const seen = since(begun, now);
  return [
    ...(requests === undefined ? [] : [`${seen.requests} of ${requests} requests`]),
    ...(seconds === undefined ? [] : [`${Math.floor(Math.min(seen.seconds, seconds))} of ${seconds} s`]),
  ].join(", ");
}

/** A count that went back, as when a witness comes that had seen less, is none. */
const since = (begun: Mark, now: Mark): Mark => ({
  seconds: now.seconds - begun.seconds,
  requests: Math.max(0, now.requests - begun.requests),
});
