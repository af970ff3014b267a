import { setTimeout as sleep } from "node:timers/promises";
import type { SmokeTest } from "../../settings/smoke.ts";
import type { Address } from "../clients/consul.ts";
import { shortId } from "../count/evidence.ts";
import { many } from "../decide/words.ts";
import type { Tell } from "../tell/events.ts";
import type { SmokeWire } from "./wire.ts";

const mostAtOnce = 50;
/** Between two looks for instances that have come in the place of others. */
const lookMs = 100;

/** An instance that runs. */
export type Target = { id: string; address?: Address | undefined };

export type SmokeOptions = {
  tests: readonly SmokeTest[];
  /** In which all must have passed. */
  smokeSeconds: number;
  /** Instances that there are to be. */
  count: number;
  /** Those that run now. */
  running: () => readonly Target[];
  wire: Pick<SmokeWire, "send">;
  /** Before each request that an instance is sent. */
  onSent: (id: string) => void;
  tell: Tell;
};

export type SmokeEnd =
  | { type: "passed" }
  /** What was wrong, first of all that was. */
  | { type: "failed"; test: string; why: string }
  /** There was no time left to test all: nothing was wrong with those that were tested. */
  | { type: "untested"; why: string };

type Tested = "passed" | "gone" | Exclude<SmokeEnd, { type: "passed" }>;

/**
 * Sends each test to each instance: to many at the same time, and to one of them one after the other.
 *
 * @throws what the signal throws
 */
export async function smoke(options: SmokeOptions, signal: AbortSignal): Promise<SmokeEnd> {
  const { tests, smokeSeconds, count, running, tell } = options;
  const over = AbortSignal.timeout(smokeSeconds * 1000);
  const passed = new Set<string>();
  let requests = 0;
  const counting = {
    ...options,
    onSent: (id: string) => {
      requests += 1;
      options.onSent(id);
    },
  };
  for (;;) {
    const left = running().filter(({ id }) => !passed.has(id));
    const tested = await pooled(left, signal, async (target, each) => {
      const end = await testInstance(counting, target, each, over);
      if (end === "passed") passed.add(target.id);
      return end;
    });
    const bad = tested.filter((end) => typeof end !== "string");
    const found = bad.find(({ type }) => type === "failed") ?? bad[0];
    if (found !== undefined) return found;
    const through = running().filter(({ id }) => passed.has(id)).length;
    if (through >= count && through === running().length) {
      tell({ event: "smoked", tests: tests.length, instances: through, requests });
      return { type: "passed" };
    }
    if (over.aborted) {
      const why = `${through} of ${count} canaries passed the smoke tests within ${smokeSeconds} s, the others were not there`;
      return { type: "untested", why };
    }
    await sleep(lookMs, undefined, { signal });
  }
}

async function testInstance(
  options: SmokeOptions,
  { id }: Target,
  signal: AbortSignal,
  over: AbortSignal,
): Promise<Tested> {
  for (const test of options.tests) {
    const { name } = test;
    const end = await testOnce(options, test, id, signal, over);
    const told = { event: "smoke", test: name, instance: shortId(id) } as const;
    switch (end.type) {
      case "passed": {
        const { tries } = end;
        options.tell({ ...told, ok: true, tries, why: `passed ${many(test.passes, "time")} in a row` });
        continue;
      }
      case "failed": {
        const { tries } = end;
        const why = `canary ${shortId(id)}: ${test.method} ${test.path} ${end.why} (after ${many(tries, "try", "tries")})`;
        options.tell({ ...told, ok: false, tries, why });
        return { type: "failed", test: name, why };
      }
      case "untested": {
        const why = `the ${options.smokeSeconds} s of all smoke tests were over before ${name} was sent to canary ${shortId(id)}`;
        return { type: "untested", why };
      }
      case "gone":
        return "gone";
    }
  }
  return "passed";
}

type Outcome =
  | { type: "passed"; tries: number }
  | { type: "gone" }
  | { type: "untested" }
  | { type: "failed"; why: string; tries: number };

/** Tries until there were enough good answers in a row, or the time is over. */
async function testOnce(
  { running, wire, onSent, smokeSeconds }: SmokeOptions,
  test: SmokeTest,
  id: string,
  signal: AbortSignal,
  over: AbortSignal,
): Promise<Outcome> {
  const { passes, intervalSeconds } = test;
  const either = AbortSignal.any([signal, over]);
  let tries = 0;
  let inARow = 0;
  let fault: string | undefined;
  try {
    for (;;) {
      // The address is the one of now; nobody sends to a port that was given to somebody else.
      const address = running().find((target) => target.id === id)?.address;
      if (address === undefined) return { type: "gone" };
      either.throwIfAborted();
      onSent(id);
      tries += 1;
      const found = await wire.send(test, address, either);
      inARow = found === undefined ? inARow + 1 : 0;
      if (inARow >= passes) return { type: "passed", tries };
      fault = found ?? fault;
      await sleep(intervalSeconds * 1000, undefined, { signal: either });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!over.aborted) throw error;
    if (tries === 0) return { type: "untested" };
    const tooFew = `gave ${inARow} of ${passes} good answers in a row in time`;
    const last = fault ?? `had not answered when the ${smokeSeconds} s of all tests were over`;
    if (inARow === 0) return { type: "failed", why: last, tries };
    return { type: "failed", why: fault === undefined ? tooFew : `${tooFew}; before, it ${fault}`, tries };
  }
}

/**
 * Works on all, on a bounded number of them at the same time; the results are in the order of the items. What one throws
 * ends the others too, before it is thrown.
 */
async function pooled<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const stop = new AbortController();
  const each = AbortSignal.any([signal, stop.signal]);
  const next = items.entries();
  const lane = async () => {
    try {
      for (const [index, item] of next) results.set(index, await work(item, each));
    } catch (error) {
      // The first reason is that of the signal.
      stop.abort(error);
    }
  };
  await Promise.all(Array.from({ length: Math.min(mostAtOnce, items.length) }, lane));
  each.throwIfAborted();
  return items.flatMap((_, index) => results.get(index) ?? []);
}
