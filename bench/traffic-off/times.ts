import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../demo/cluster/until.ts";
import { DemoError } from "../../demo/errors.ts";
import { monotonicMs, paths, times, type Times } from "./messages.ts";

const lookMs = 50;
const patienceMs = 120_000;
/** Clients ask canaries every few milliseconds while they may: after this silence they may no more. */
const silenceMs = 1_500;

const timesOf = async (port: number): Promise<Times> => {
  const response = await fetch(`http://127.0.0.1:${port}${paths.times}`);
  return times.parse(await response.json());
};

/** Waits until each instance has had a request. */
export async function untilAllHaveTraffic(ports: readonly number[], signal: AbortSignal): Promise<void> {
  const have = async () => {
    signal.throwIfAborted();
    // One that has just been registered may not listen yet.
    const all = await Promise.all(ports.map((port) => timesOf(port).catch(() => undefined)));
    return all.every((one) => one !== undefined && one.requests > 0) ? true : undefined;
  };
  if ((await until(have, patienceMs, lookMs)) === true) return;
  throw new DemoError("step", `Not all canaries got a request within ${patienceMs / 1000} s.`);
}

/** The next request at the instance fails. */
export async function failNext(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${paths.fail}`, { method: "POST" });
  await response.body?.cancel();
}

/**
 * Milliseconds from the failed response to the last request at any of the instances; resolves when none has come for a
 * while. An instance that has ended gets none any more, and what it said last counts.
 */
export async function untilSilence(ports: readonly number[], signal: AbortSignal): Promise<number> {
  const known = new Map<number, Times>();
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    for (const port of ports) {
      const found = await timesOf(port).catch(() => undefined);
      if (found !== undefined) known.set(port, found);
    }
    const all = [...known.values()];
    const [failed] = all.flatMap((one) => one.failed ?? []);
    const last = Math.max(...all.flatMap(({ lastRequest }) => lastRequest ?? []));
    if (failed !== undefined && monotonicMs() - last > silenceMs) return Math.max(0, last - failed);
    if (performance.now() > deadline) {
      const why = failed === undefined ? "No response failed" : "Canaries still got requests";
      throw new DemoError("step", `${why} within ${patienceMs / 1000} s.`);
    }
    await sleep(lookMs);
  }
}
