import { setTimeout as sleep } from "node:timers/promises";
import type { Declared } from "../../settings/records.ts";
import type { CounterSettings } from "../../settings/counter.ts";
import type { Address, Consul } from "../clients/consul.ts";
import type { Nomad } from "../clients/nomad.ts";
import { patiently } from "../clients/patience.ts";
import type { Told } from "../count/answer.ts";
import { askOnce } from "../count/ask-once.ts";
import { credentialsOf } from "../count/credentials.ts";
import { Wire } from "../count/wire.ts";

/** What production's instances have told. */
export type Today = {
  /** Instances that told their counts twice. */
  instances: number;
  requestsPerSecond: number;
  /** Since these instances started. */
  requests: number;
  failed: number;
  /** What could not be known, one sentence each. */
  unknown: string[];
};

/** The counts of one instance at the begin and at the end; undefined where it did not tell any. */
export type Pair = { id: string; before: Told | undefined; after: Told | undefined };

export type Ask = {
  consul: Consul;
  nomad: Nomad;
  production: Declared;
  counter: CounterSettings;
  seconds: number;
  answerSeconds: number;
  signal: AbortSignal;
};

/** Asks the instances of production for their counts, twice. */
export async function askToday(ask: Ask): Promise<Today> {
  const { production, counter, seconds, answerSeconds, signal } = ask;
  const instances = await addressesOf(ask);
  const { scheme } = counter;
  const credentials = credentialsOf(counter);
  const wire = new Wire({ path: production.counterPath, scheme, credentials, answerSeconds });
  try {
    const first = await told(wire, instances, answerSeconds);
    const start = performance.now();
    await sleep(seconds * 1000, undefined, { signal });
    const second = await told(wire, instances, answerSeconds);
    const passed = (performance.now() - start) / 1000;
    const pairs = instances.map(({ id }) => ({ id, before: first.get(id), after: second.get(id) }));
    return todayOf(pairs, passed);
  } finally {
    await wire.close();
  }
}

type Asked = { id: string; address: Address };

/** Where production's instances tell their counts. */
async function addressesOf({ consul, nomad, production, counter, signal }: Ask): Promise<Asked[]> {
  const { instances } = await patiently(() => consul.instances(production.service, 0, signal), { signal });
  const { port } = counter;
  if (port === undefined) return instances;
  if (typeof port === "number")
    return instances.map(({ id, address }) => ({ id, address: { ...address, port } }));
  const byAllocation = await patiently(() => nomad.portsOf(production.job, port, signal), { signal });
  return [...byAllocation].map(([id, address]) => ({ id, address }));
}

async function told(
  wire: Wire,
  instances: readonly Asked[],
  answerSeconds: number,
): Promise<Map<string, Told>> {
  const answers = await Promise.all(
    instances.map(async ({ id, address }) => ({ id, answer: await askOnce(wire, address, answerSeconds) })),
  );
  return new Map(
    answers.flatMap(({ id, answer }) => (answer.type === "counts" ? [[id, answer] as const] : [])),
  );
}

/** @param seconds - between the two */
export function todayOf(pairs: readonly Pair[], seconds: number): Today {
  const today: Today = { instances: 0, requestsPerSecond: 0, requests: 0, failed: 0, unknown: [] };
  for (const { id, before, after } of pairs) {
    if (before === undefined || after === undefined || after.requests < before.requests) {
      today.unknown.push(`${id} did not tell its counts twice: its traffic is missing here.`);
      continue;
    }
    today.instances += 1;
    today.requestsPerSecond += (after.requests - before.requests) / seconds;
    today.requests += after.requests;
    today.failed += after.failed ?? Math.min(after.errors, after.requests);
  }
  return today;
}
