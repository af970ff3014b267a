import type { Grown, Increments } from "../traffic.ts";
import type { Told, Watch } from "../watch.ts";

/** What both sides did in one minute. */
export type Minute = { canary: Grown; other: Grown };

/** A rule of somebody else's that looks at whole minutes; it decides, or it goes on with another state. */
export type MinuteRule<State> = {
  begin: State;
  /** Part of all requests that the canary gets in that state; as the release's scenario says unless given. */
  share?: (state: State) => number;
  after: (state: State, minute: Minute) => Step<State>;
};

export type Step<State> = { told: "wait"; state: State } | { told: Exclude<Told, "wait"> };

const none: Grown = { requests: 0, failed: 0 };

export function watchMinutes<State>(rule: MinuteRule<State>): Watch {
  let state = rule.begin;
  let minute: Minute = { canary: none, other: none };
  return {
    share: () => rule.share?.(state),
    see: (more) => {
      minute = sum(minute, more);
      if (more.seconds % 60 !== 0) return "wait";
      const step = rule.after(state, minute);
      minute = { canary: none, other: none };
      if (step.told === "wait") state = step.state;
      return step.told;
    },
  };
}

const sum = (minute: Minute, more: Increments): Minute => ({
  canary: add(minute.canary, more.canary),
  other: add(minute.other, more.other),
});

const add = (one: Grown, more: Grown): Grown => ({
  requests: one.requests + more.requests,
  failed: one.failed + more.failed,
});

/** Percent of the requests that did not fail. Without requests the queries divide none by none, which is above nothing. */
export function successPercent({ requests, failed }: Grown): number {
  return (100 * (requests - failed)) / requests;
}
