import type { Release } from "../../settings/names.ts";
import { readDeclared, readPromoted } from "../act/promoted.ts";
import type { Context } from "../context.ts";
import { aimOf } from "../decide/aim.ts";
import { UsageError } from "../errors.ts";
import { highestRate } from "./chance.ts";
import { expect, methodOf } from "./expect.ts";
import type { Circumstances, Expected } from "./expected.ts";
import { roomFor, type Room } from "./room.ts";
import { besideFigures, secondsBeforeLast } from "./steps.ts";
import { askToday, type Today } from "./traffic.ts";

/** With which confidence the background rate is at most the highest. */
const backgroundConfidence = 0.95;

/** What a release has to expect. */
export type Plan = {
  service: string;
  release: string;
  /** What the policy asks, in words. */
  aim: string;
  today: Today & {
    /** Part of the requests that failed, since production's instances started, and the most that this may stand for. */
    background: number;
    highestBackground: number;
  };
  canary: { instances: number; share: number; requestsPerSecond: number };
  /** Of the release itself, if it is as good as production. */
  good: Expected;
  /** The same at the most that production's failures may stand for. */
  goodAtHighest: Expected;
  /** If it fails nothing at all. */
  clean: Expected;
  /** If it fails as often as was asked for. */
  bad: Expected[];
  method: "exact" | "simulated";
  /** Of the probabilities, at worst. */
  standardError: number;
  /** What the figures leave out, one sentence each: steps, approvals, an extension. */
  beside: string[];
  room: Room[];
};

export type Asked = {
  /** What production runs unless given. */
  release: Release | undefined;
  /** Between the two questions for production's counts. */
  seconds: number;
  /** Error rates of bad releases. */
  rates: readonly number[];
};

/** Tells what a release has to expect, before anything is deployed. */
export async function plan(context: Context, { release, seconds, rates }: Asked): Promise<Plan> {
  const { consul, nomad, settings, stacks, service, interrupts } = context;
  const { signal } = interrupts;
  const production = await readDeclared(context, "production", signal);
  const runs = release ?? (await readPromoted(context, signal)).release;
  if (production === undefined || runs === undefined) {
    throw new UsageError(
      `Production runs nothing yet, so there is no traffic to plan with. ` +
        `Release for the first time with: nary release IMAGE --first -s ${stacks.canary}`,
    );
  }
  const { answerSeconds } = settings.gate;
  const today = await askToday({
    consul,
    nomad,
    production,
    counter: settings.counter,
    seconds,
    answerSeconds,
    signal,
  });
  if (today.instances === 0) {
    throw new UsageError(
      `None of production's instances told its counts twice, so there is no traffic to plan with: ${today.unknown.join(" ")}`,
    );
  }
  const room = await roomFor(context, runs);
  const { steps } = settings.gate;
  const share =
    steps.at(-1)?.share ??
    settings.share ??
    settings.count / (settings.count * (settings.twin ? 2 : 1) + production.count);
  const otherSide = settings.twin ? "twin" : "production";
  const canary = {
    instances: settings.count,
    share,
    requestsPerSecond: share * today.requestsPerSecond,
  };
  const { requests, failed } = today;
  const background = requests === 0 ? 0 : failed / requests;
  const highestBackground = highestRate(failed, Math.max(1, requests), backgroundConfidence);
  const earlier = secondsBeforeLast(steps, today.requestsPerSecond);
  const circumstances = (rate: number): Circumstances => ({
    policy: settings.policy,
    canaryPerSecond: canary.requestsPerSecond,
    // A twin gets as much as the canary.
    otherPerSecond: (settings.twin ? share : 1 - share) * today.requestsPerSecond,
    background: rate,
    otherSide,
    intervalSeconds: settings.gate.intervalSeconds,
    limitSeconds: Math.max(0, settings.gate.limitSeconds - earlier),
  });
  const now = circumstances(background);
  return {
    service,
    release: runs,
    aim: aimOf(settings.policy, otherSide),
    today: { ...today, background, highestBackground },
    canary,
    good: expect(now, background),
    goodAtHighest: expect(circumstances(highestBackground), highestBackground),
    clean: expect(now, 0),
    bad: rates.map((rate) => expect(now, rate)),
    ...methodOf(now),
    beside: besideFigures(settings.gate, today.requestsPerSecond),
    room,
  };
}
