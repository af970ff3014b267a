import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { DemoError } from "../../demo/errors.ts";
import { Instance } from "./instance.ts";

/** Instances that are there at a time. */
const most = 2;
const lookMs = 10;
const patienceMs = 30_000;

export type Surroundings = {
  consulAddress: string;
  service: string;
  /** HAProxy's stats page. */
  statsUrl: string;
  signal: AbortSignal;
};

/** Lets instances come and go for a while. Resolves to the milliseconds that HAProxy took to know of each change. */
export async function makeChanges(seconds: number, surroundings: Surroundings): Promise<number[]> {
  const { consulAddress, service, signal } = surroundings;
  const end = performance.now() + seconds * 1000;
  const took: number[] = [];
  const present: Instance[] = [];
  const gone: Instance[] = [];
  try {
    while (performance.now() < end) {
      signal.throwIfAborted();
      const instance = new Instance(consulAddress, service);
      present.push(instance);
      await instance.come();
      took.push(await untilServer(instance.name, true, surroundings));
      const [oldest] = present;
      if (present.length <= most || oldest === undefined) continue;
      await oldest.drain();
      await oldest.leave();
      took.push(await untilServer(oldest.name, false, surroundings));
      present.shift();
      gone.push(oldest);
    }
    await Promise.all(present.map((instance) => instance.drain()));
    for (const instance of present) {
      await instance.leave();
      took.push(await untilServer(instance.name, false, surroundings));
    }
    return took;
  } finally {
    await Promise.all([...present, ...gone].map((instance) => instance.close()));
  }
}

/** Waits until HAProxy's own list of servers has one, or has it no more. */
async function untilServer(
  name: string,
  wanted: boolean,
  { statsUrl, signal }: Surroundings,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    signal.throwIfAborted();
    // A connection that is kept would go on with the process that a reload has replaced.
    const { body } = await request(`${statsUrl}/;csv`, { reset: true });
    const has = (await body.text()).includes(`,${name},`);
    const took = performance.now() - start;
    if (has === wanted) return took;
    if (took > patienceMs) {
      throw new DemoError("step", `HAProxy did not hear of ${name} within ${patienceMs / 1000} s.`);
    }
    await sleep(lookMs);
  }
}
