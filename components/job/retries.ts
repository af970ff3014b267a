import type { Reschedule, Restart } from "../../settings/retries.ts";
import { nanoseconds, type ReschedulePolicy, type RestartPolicy } from "./nomad.ts";

export function renderRestart({ attempts, intervalSeconds, delaySeconds, mode }: Restart): RestartPolicy {
  return {
    Attempts: attempts,
    Interval: nanoseconds(intervalSeconds),
    Delay: nanoseconds(delaySeconds),
    Mode: mode,
  };
}

export function renderReschedule(reschedule: Reschedule): ReschedulePolicy {
  switch (reschedule.type) {
    case "never":
      return { Attempts: 0, Unlimited: false };
    case "unlimited":
      return { Attempts: 0, Unlimited: true, ...renderWaits(reschedule) };
    case "limited":
      return {
        Attempts: reschedule.attempts,
        Interval: nanoseconds(reschedule.intervalSeconds),
        Unlimited: false,
        ...renderWaits(reschedule),
      };
  }
}

function renderWaits({
  delaySeconds,
  delayFunction,
  maxDelaySeconds,
}: Exclude<Reschedule, { type: "never" }>) {
  return {
    Delay: nanoseconds(delaySeconds),
    DelayFunction: delayFunction,
    MaxDelay: nanoseconds(maxDelaySeconds),
  };
}
