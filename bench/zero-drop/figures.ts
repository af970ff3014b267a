import type { Found } from "../main.ts";

export type Measured = {
  /** Requests of clients from the beginning of the release to its end. */
  requests: number;
  /** Of them, those that had no answer, or one with an error of the server. */
  lost: number;
  /** What 99 % of the requests waited at most, before the release and during it. */
  p99BeforeMs: number;
  p99DuringMs: number;
  /** From the beginning of the release to its end. */
  seconds: number;
  /** Requests that the gate wanted to see at the canaries. */
  goal: number;
  /** Part of all requests that the canaries get. */
  share: number;
};

const goals = { ratio: 1.5, overTraffic: 1.25 } as const;

export function figures({ requests, lost, seconds, goal, share, ...measured }: Measured): Found {
  const perSecond = requests / seconds;
  const trafficSeconds = rounded(goal / (perSecond * share));
  const [p99BeforeMs, p99DuringMs] = [rounded(measured.p99BeforeMs), rounded(measured.p99DuringMs)];
  const ratio = rounded(p99DuringMs / p99BeforeMs);
  return {
    object: { requests, lost, p99BeforeMs, p99DuringMs, seconds: rounded(seconds), trafficSeconds },
    lines: [
      `${requests} requests, ${Math.round(perSecond)} a second, of which ${lost} were lost or failed (the goal is 0)`,
      `99 % were answered in ${p99BeforeMs} ms before the release, in ${p99DuringMs} ms during it: ${ratio} times as long ` +
        `(the goal is ${goals.ratio}); nary and its Pulumi have one core at most and a low priority, since in practice they have a machine of their own`,
      `the release took ${rounded(seconds)} s, of which ${goal} requests at the canaries take ${trafficSeconds} s: ` +
        `${rounded(seconds / trafficSeconds)} times as long (the goal is ${goals.overTraffic})`,
    ],
    ok: lost === 0,
  };
}

const rounded = (value: number) => Math.round(value * 100) / 100;
