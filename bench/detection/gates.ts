/**
 * The program that is measured: what the gate counts and decides with, or the loop of the article. It imports the
 * gate's own code, since no command runs that part alone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { z } from "zod";
import { Counter } from "../../gate/count/counter.ts";
import type { Member } from "../../gate/discover/roster.ts";
import { Judge } from "../../gate/decide/judge.ts";
import { nobody } from "../../gate/decide/people.ts";
import { unattended } from "../../gate/decide/rules.ts";
import { urlPath } from "../../settings/names.ts";
import { policy } from "../../settings/policy.ts";
import { failed, machineMs, watchWanted } from "./messages.ts";

const path = "/api/errorAndRequestCount";
const counts = z.object({ errorCount: z.number() });

/** Watches one service, from one failed response to the next. */
type Gate = {
  /** Resolves at the next verdict. */
  verdict: () => Promise<void>;
  close: () => Promise<void>;
};

async function naryGate(port: number, intervalMs: number): Promise<Gate> {
  const rules = {
    policy: policy.parse({ type: "zero-errors" }),
    checks: [],
    allowedErrors: [],
    limitSeconds: 3600,
    witness: "optional",
    otherSide: "production",
    ...unattended,
  } as const;
  let judge = new Judge(rules);
  let rejected = () => {};
  const opened = performance.now();
  const look = () => {
    const { type } = judge.see({
      seconds: (performance.now() - opened) / 1000,
      canary: { instances: counter.instances(), haproxy: null },
      other: null,
      readings: [],
      costs: [],
      costsWait: null,
      unknown: [],
      people: nobody,
    });
    if (type === "reject") rejected();
  };
  const fail = (why: unknown) => {
    throw why instanceof Error ? why : new Error(String(why));
  };
  const counter = new Counter({
    path: urlPath.parse(path),
    gate: { answerSeconds: 5, intervalSeconds: intervalMs / 1000 },
    longRunning: false,
    onNews: look,
    onFailure: fail,
    onFault: (_, { why }) => fail(why),
    onWarning: fail,
  });
  const member: Member = {
    ...{ id: "canary", node: "", why: "", passing: true, restarts: 0, missingSince: undefined },
    state: "running",
    address: { host: "127.0.0.1", port },
  };
  counter.know(new Map([[member.id, member]]));
  const ticker = setInterval(() => {
    counter.ask();
  }, intervalMs);
  counter.ask();
  while (counter.up() === 0) await sleep(10);
  return {
    verdict: () => {
      counter.mark();
      judge = new Judge(rules);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      rejected = () => {
        resolve(undefined);
      };
      return promise;
    },
    close: async () => {
      clearInterval(ticker);
      await counter.close();
    },
  };
}

/** The article's script: asks, and waits a second, until there is an error. */
function articleGate(port: number, intervalMs: number): Gate {
  const errors = async () => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return counts.parse(await response.json()).errorCount;
  };
  return {
    verdict: async () => {
      for (const before = await errors(); (await errors()) === before;) await sleep(intervalMs);
    },
    close: () => Promise.resolve(),
  };
}

/** @param phases - for each round, which part of an interval passes before a response fails */
async function watch(
  gate: Gate,
  port: number,
  intervalMs: number,
  phases: readonly number[],
): Promise<number[]> {
  const took: number[] = [];
  try {
    for (const phase of phases) {
      const verdict = gate.verdict().then(machineMs);
      await sleep(intervalMs * phase);
      const { body } = await request(`http://127.0.0.1:${port}/fail`);
      const { sentAt } = failed.parse(await body.json());
      took.push((await verdict) - sentAt);
    }
    return took;
  } finally {
    await gate.close();
  }
}

process.on("message", (message) => {
  const { mode, intervalMs, rounds, ports } = watchWanted.parse(message);
  const lanes = ports.map(async (port, lane) => {
    const gate = mode === "article" ? articleGate(port, intervalMs) : await naryGate(port, intervalMs);
    // Evenly spread over the time between two looks, so that no luck is in the figures.
    const phases = Array.from(
      { length: rounds },
      (_, round) => 0.2 + (round * ports.length + lane + 0.5) / (rounds * ports.length),
    );
    return await watch(gate, port, intervalMs, phases);
  });
  void Promise.all(lanes).then((took) => process.send?.(took.flat()));
});
process.on("disconnect", () => {
  process.exit();
});
