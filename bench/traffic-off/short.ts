/**
 * Rounds without Pulumi: each is a fresh canary under Nomad, watched by the gate's own code from the first count to the
 * switch of the traffic. It imports that code, since no command ends there.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { DemoError } from "../../demo/errors.ts";
import { stacks } from "../../demo/pulumi.ts";
import { runStep } from "../../demo/run.ts";
import type { Say } from "../../demo/say.ts";
import { setTraffic, trafficOf } from "../../gate/act/traffic.ts";
import { readDeclared } from "../../gate/act/promoted.ts";
import { Consul } from "../../gate/clients/consul.ts";
import { Nomad } from "../../gate/clients/nomad.ts";
import { judgedBy } from "../../gate/judged-by.ts";
import { thisHolder } from "../../gate/lock/holder.ts";
import { Lock } from "../../gate/lock/lock.ts";
import { Recorder } from "../../gate/record/recorder.ts";
import { Watch } from "../../gate/watch.ts";
import { serviceName } from "../../settings/names.ts";
import { keysOf } from "../../settings/records.ts";
import { settings as allSettings } from "../../settings/schema.ts";
import { environmentName } from "../../settings/stacks.ts";
import { trafficOff } from "../../settings/traffic.ts";
import { endJob, registerJob, untilHealthy } from "../instances.ts";
import type { Place } from "../site.ts";
import { failNext, untilAllHaveTraffic, untilSilence } from "./times.ts";

const service = serviceName.parse("api");
const job = "api-canary";
const jobFile = z.object({ Job: z.unknown() });

/** Within which a response fails after all canaries have traffic: as long as the gate's time between two looks. */
const spreadMs = 1_000;

export type Rounds = {
  rounds: number;
  /** Executable of the canaries. */
  release: string;
  signal: AbortSignal;
  say: Say;
};

/** Resolves to the milliseconds that each round took. */
export async function shortRounds(
  { rounds, release, signal, say }: Rounds,
  { folder, cluster, site }: Place,
): Promise<number[]> {
  const { consulAddress, nomadAddress } = cluster;
  const where = { consulAddress, nomadAddress, job, signal };
  // The job is the one that Pulumi renders.
  const up = ["up", "--yes", "--skip-preview", "--refresh", "--stack", stacks.canary];
  await runStep("pulumi", [...up, "--config", `nary:release=${release}`], site.surroundings);
  const body = await runStep("nomad", ["job", "inspect", job], site.surroundings);
  const registration = JSON.stringify(jobFile.parse(JSON.parse(body)));
  const purge = () => endJob(where);
  await purge();

  const consul = new Consul(new URL(consulAddress));
  const nomad = new Nomad(new URL(nomadAddress));
  const keys = keysOf(environmentName.parse("local"), service);
  const holder = await thisHolder("bench");
  const [tell, onWait, onWarning] = [() => undefined, () => undefined, () => undefined];
  const lock = await Lock.take({
    consul,
    key: keys.lock,
    holder,
    wait: true,
    takeOver: false,
    onWait,
    signal,
  });
  const settings = allSettings.parse({
    role: "canary",
    service,
    count: 1,
    task: { driver: "raw_exec" },
    policy: { type: "zero-errors" },
  });
  if (settings.role !== "canary") throw new DemoError("step", "The settings are not those of a canary.");
  const { gate } = settings;
  const rules = judgedBy(settings, undefined, new Date());

  const once = async (round: number): Promise<number> => {
    await registerJob(nomadAddress, registration);
    const declared = await readDeclared({ consul, keys }, "canary", signal);
    if (declared === undefined) throw new DemoError("step", "The canary's stack declares nothing.");
    const recording = { environment: "local", service, release: declared.release, rules };
    const recorder = await Recorder.open({ file: join(folder, "record.ndjson"), recording, onWarning });
    const watch = new Watch({ consul, nomad, service, declared, gate, rules, recorder, tell });
    try {
      if ((await watch.untilUp(signal)) !== undefined) throw new DemoError("step", "A canary did not start.");
      const ports = await untilHealthy(declared.count, where);
      await setTraffic({ lock, keys, tell }, trafficOf(settings), signal);
      watch.trafficIsOn();
      const off = watch.untilVerdict(signal).then(async ({ type, why }) => {
        await setTraffic({ lock, keys, tell }, trafficOff);
        if (type !== "reject") throw new DemoError("step", `The verdict was ${type}: ${why}.`);
      });
      const failed = failOne(ports, round, rounds, signal);
      await Promise.all([off, failed]);
      return await untilSilence(ports, signal);
    } finally {
      await setTraffic({ lock, keys, tell }, trafficOff);
      await watch.close();
      await recorder.close();
      await purge();
    }
  };

  const took: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      took.push(await once(round));
      if ((round + 1) % 10 === 0) say(`${round + 1} of ${rounds} rounds`);
    }
    return took;
  } finally {
    await lock.giveBack();
    await Promise.all([consul.close(), nomad.close()]);
  }
}

/** Evenly spread over the time between two looks, so that no luck is in the figures. */
async function failOne(
  ports: readonly number[],
  round: number,
  rounds: number,
  signal: AbortSignal,
): Promise<void> {
  await untilAllHaveTraffic(ports, signal);
  await sleep((spreadMs * (round + 0.5)) / rounds);
  const port = ports[round % ports.length];
  if (port !== undefined) await failNext(port);
}
