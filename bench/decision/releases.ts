import { oneBadOf, type Errors, type Scenario } from "./traffic.ts";
import type { Policy } from "./watch.ts";

/** A release to be judged. */
export type Release = {
  name: string;
  /** The most failures that come together, as its service's settings say. */
  phi: number;
  /** Of the whole service. */
  requestsPerSecond: number;
  canary: Errors;
  /** The old release; its twin starts as fresh as the canary. */
  old: Errors;
} & Pick<Scenario, "change" | "lateSeconds" | "bursts">;

/** Part of all requests that the canary gets, unless the policy has a way of its own. */
export const share = 0.1;

/** Error rate of the old release. */
export const background = 0.005;

/** Instances of the canary. */
const instances = 8;

const busy = 400;
const quiet = 10;
/** Clusters of 20 come about as often here as clusters of 5 in a busy service. */
const veryBusy = 2000;

const bursts = { everySeconds: 120, seconds: 20, times: 10 };
const change = { seconds: 60, share: 0.3 };
const lateSeconds = 120;
const warmUp = { seconds: 60, times: 5 };

type More = Partial<Omit<Release, "name" | "canary" | "old">>;

const release = (name: string, canary: Errors, old: Errors, more: More = {}): Release => ({
  name,
  phi: 1,
  requestsPerSecond: busy,
  canary,
  old,
  ...more,
});

/** The same release under every kind of errors and traffic. */
const underAll = (name: string, times: number): Release[] => {
  const rate = times * background;
  const both = (clusters: number) =>
    [
      { rate, clusters },
      { rate: background, clusters },
    ] as const;
  const plain = both(1);
  return [
    release(name, ...plain),
    release(`${name}, clusters of 5`, ...both(5), { phi: 5 }),
    release(`${name}, clusters of 20`, ...both(20), { phi: 20, requestsPerSecond: veryBusy }),
    release(`${name}, bursts on both sides`, ...plain, { bursts }),
    release(`${name}, warm-up errors`, { rate, warmUp }, { rate: background }),
    release(`${name}, late start`, ...plain, { lateSeconds }),
    release(`${name}, share changing midway`, ...plain, { change }),
    release(`${name}, quiet service`, ...plain, { requestsPerSecond: quiet }),
  ];
};

const old = { rate: background };
const nothing = { rate: 0 };

export const releases: readonly Release[] = [
  ...underAll("as often", 1),
  release("half as often", { rate: background / 2 }, old),
  release("never, nor the old one", nothing, nothing),
  release("1.5 times as often", { rate: 1.5 * background }, old),
  release("0.01 %, the old one never", { rate: 1e-4 }, nothing),
  ...underAll("twice as often", 2),
  release("one bad instance of eight", { rate: oneBadOf(instances, background, 17 * background) }, old),
  release("0.1 %, the old one never", { rate: 1e-3 }, nothing),
  release("4 times as often", { rate: 4 * background }, old),
  release("4 times as often, quiet service", { rate: 4 * background }, old, { requestsPerSecond: quiet }),
  release("10 times as often", { rate: 10 * background }, old),
];

/** The traffic that a policy sees of a release. */
export function scenarioOf(
  { requestsPerSecond, canary, old, change, lateSeconds, bursts }: Release,
  { beside, intervalSeconds }: Pick<Policy, "beside" | "intervalSeconds">,
): Scenario {
  const common = {
    intervalSeconds,
    canary,
    ...(lateSeconds === undefined ? {} : { lateSeconds }),
    ...(bursts === undefined ? {} : { bursts }),
  };
  switch (beside) {
    case "production":
      return {
        ...common,
        requestsPerSecond,
        share,
        other: old,
        ...(change === undefined ? {} : { change }),
      };
    case "twin":
      // Canaries and twins get the same, of which they are half each, whatever production gets.
      return {
        ...common,
        requestsPerSecond: 2 * share * requestsPerSecond,
        share: 0.5,
        other: canary.warmUp === undefined ? old : { ...old, warmUp: canary.warmUp },
      };
  }
}
