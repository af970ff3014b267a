import { oneBadOf, type Scenario } from "./traffic.ts";

export type Truth = "good" | "bad" | "between";

export type Release = {
  name: string;
  truth: Truth;
  /** Failures that come together, which `phi` says. */
  phi: number;
  /** Beside production, which is warm and has three times the canary's requests. */
  scenario: Scenario;
  /** Whether the canary and the twin start fresh, so that production is no fair side to compare with. */
  isFresh?: boolean;
};

export const background = 0.005;
export const margin = 2;

const base = { requestsPerSecond: 40, intervalSeconds: 10, share: 0.25 };
const sides = (canary: number, clusters = 1) => ({
  canary: { rate: canary, clusters },
  other: { rate: background, clusters },
});
const bursts = { everySeconds: 600, seconds: 60, times: 5 };
const warmUp = { seconds: 60, times: 10 };

/**
 * Good: no higher rate than production's. Bad: `margin` times as high, and no lower than the rate that the policy's bound
 * rules out. All else is between, where either verdict is allowed.
 */
export const releases: readonly Release[] = [
  plain("as good as production", "good", background),
  plain("half as many errors", "good", background / 2),
  {
    name: "no errors on either side",
    truth: "good",
    phi: 1,
    scenario: { ...base, canary: { rate: 0 }, other: { rate: 0 } },
  },
  clusters("as good, clusters of 5", "good", background, 5),
  clusters("as good, clusters of 20", "good", background, 20),
  {
    name: "as good, bursts on both sides",
    truth: "good",
    phi: 1,
    scenario: { ...base, ...sides(background), bursts },
  },
  {
    name: "as good, starts 2 minutes late",
    truth: "good",
    phi: 1,
    scenario: { ...base, ...sides(background), lateSeconds: 120 },
  },
  {
    name: "as good, share 25 % then 50 %",
    truth: "good",
    phi: 1,
    scenario: { ...base, ...sides(background), change: { seconds: 300, share: 0.5 } },
  },
  {
    name: "as good, ten times the errors in its first minute",
    truth: "good",
    phi: 1,
    isFresh: true,
    scenario: {
      ...base,
      canary: { rate: background, warmUp },
      other: { rate: background },
    },
  },
  plain("1.4 times as many errors", "between", 1.4 * background),
  plain("twice as many errors", "bad", margin * background),
  plain("five times as many errors", "bad", 5 * background),
  clusters("twice as many, clusters of 5", "bad", margin * background, 5),
  clusters("twice as many, clusters of 20", "bad", margin * background, 20),
  {
    name: "twice as many, bursts on both sides",
    truth: "bad",
    phi: 1,
    scenario: { ...base, ...sides(margin * background), bursts },
  },
  plain("one bad instance of eight", "bad", oneBadOf(8, background, 9 * background)),
  {
    name: "0.5 % errors beside a production without any",
    truth: "bad",
    phi: 1,
    scenario: { ...base, canary: { rate: background }, other: { rate: 0 } },
  },
];

function plain(name: string, truth: Truth, rate: number): Release {
  return { name, truth, phi: 1, scenario: { ...base, ...sides(rate) } };
}

/** Clusters make so many times as many requests necessary. */
function clusters(name: string, truth: Truth, rate: number, size: number): Release {
  const requestsPerSecond = size * base.requestsPerSecond;
  return { name, truth, phi: size, scenario: { ...base, requestsPerSecond, ...sides(rate, size) } };
}

/** The same release beside a twin: the old release, started fresh with it, with as many requests at all times. */
export function besideTwin({ scenario }: Release): Scenario {
  const { canary, other, requestsPerSecond, intervalSeconds, share, lateSeconds, bursts } = scenario;
  return {
    requestsPerSecond: 2 * share * requestsPerSecond,
    intervalSeconds,
    share: 0.5,
    ...(lateSeconds === undefined ? {} : { lateSeconds }),
    ...(bursts === undefined ? {} : { bursts }),
    canary,
    other: canary.warmUp === undefined ? other : { ...other, warmUp: canary.warmUp },
  };
}
