import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DemoError } from "../../../demo/errors.ts";
import { runStep, type Surroundings } from "../../../demo/run.ts";
import { startTraffic } from "../../../demo/traffic/start.ts";
import { end, startService } from "../../blast-radius/service.ts";
import { deregister, register } from "../../consul.ts";
import { endJob, registerJob, untilHealthy, type Where } from "../../instances.ts";
import type { Place } from "../../site.ts";
import type { Rounds } from "../short.ts";
import { failNext, untilAllHaveTraffic, untilSilence } from "../times.ts";
import { startHaproxy } from "./haproxy.ts";
import { canaryJob } from "./job.ts";

/** Set-ups side by side, since each round waits for up to 30 seconds until HAProxy knows of the canaries. */
const mostLanes = 5;
const [stable, canaries] = [2, 2];
const requestsPerSecond = 100;
/** The script is there after a moment, and then asks once a second. */
const [startMs, spreadMs] = [500, 1_000];
const failedExit = 1;

const canaryList = join(import.meta.dirname, "canary.tpl");
const monitor = join(import.meta.dirname, "monitor.ts");

/** Resolves to the milliseconds that each round took. */
export async function articleRounds(options: Rounds, place: Place): Promise<number[]> {
  const { rounds, signal } = options;
  const lanes = Math.min(mostLanes, rounds);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const measuring = Array.from({ length: lanes }, async (_, lane) => {
    const own = Array.from({ length: rounds }, (__, round) => round).filter(
      (round) => round % lanes === lane,
    );
    try {
      return await laneRounds(`article-${lane}`, lane, own, { ...options, signal: either }, place);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  // All have ended what they started before a failure is told.
  await Promise.allSettled(measuring);
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
  return (await Promise.all(measuring)).flat();
}

/** One after the other, with a HAProxy and stable instances of its own. */
async function laneRounds(
  service: string,
  lane: number,
  own: readonly number[],
  { rounds, release, signal, say }: Rounds,
  { folder, cluster, site }: Place,
): Promise<number[]> {
  const { consulAddress, fixedPorts } = cluster;
  const laneFolder = join(folder, service);
  await mkdir(laneFolder);
  // The first two are those of the site.
  const port = fixedPorts[2 + lane] ?? 0;
  const environment = { ...site.surroundings.environment, SERVICE: service, PORT: String(port) };
  const surroundings = { ...site.surroundings, environment, signal };
  const close: (() => Promise<void>)[] = [];
  try {
    for (let index = 0; index < stable; index += 1) {
      const one = await startService(environment);
      close.push(one.stop);
      await register(consulAddress, service, `${service}-${index}`, one.port);
      close.push(() => deregister(consulAddress, `${service}-${index}`));
    }
    const haproxy = await startHaproxy(laneFolder, surroundings);
    close.push(haproxy.stop);
    const traffic = startTraffic(`http://127.0.0.1:${port}`, requestsPerSecond, environment);
    close.push(traffic.stop);
    const where = { ...cluster, job: `${service}-canary`, signal };
    const took: number[] = [];
    for (const round of own) {
      const phaseMs = startMs + (spreadMs * (round + 0.5)) / rounds;
      const ms = await timed({ service, release, laneFolder, surroundings, where, phaseMs });
      say(`${service}: ${Math.round(ms)} ms`);
      took.push(ms);
    }
    return took;
  } finally {
    for (const one of close.toReversed()) await one();
  }
}

type Round = {
  service: string;
  release: string;
  laneFolder: string;
  surroundings: Surroundings;
  where: Where;
  phaseMs: number;
};

async function timed(round: Round): Promise<number> {
  const { service, release, laneFolder, surroundings, where, phaseMs } = round;
  const { nomadAddress, job, signal } = where;
  await registerJob(nomadAddress, JSON.stringify(canaryJob(service, canaries, release)));
  try {
    const ports = await untilHealthy(canaries, where);
    const list = join(laneFolder, "canary.txt");
    await runStep("consul-template", ["-template", `${canaryList}:${list}`, "-once"], surroundings);
    await untilAllHaveTraffic(ports, signal);
    const script = spawn(process.execPath, [monitor, list, job], {
      env: surroundings.environment,
      stdio: "ignore",
    });
    try {
      await sleep(phaseMs);
      const [first = 0] = ports;
      await failNext(first);
      const ms = await untilSilence(ports, signal);
      if (script.exitCode === null) await once(script, "exit", { signal });
      if (script.exitCode !== failedExit)
        throw new DemoError("step", `The article's script ended with exit status ${script.exitCode}.`);
      return ms;
    } finally {
      await end(script, "SIGKILL");
    }
  } finally {
    await endJob(where);
  }
}
