import { mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolEnvironment, type Tool } from "../tools/toolchain/index.ts";
import type { App } from "./apps.ts";
import { startCluster, type Cluster } from "./cluster/start.ts";
import { buildImage, makeBaseImage } from "./docker/images.ts";
import { DemoError } from "./errors.ts";
import { folderPrefix, keptFile } from "./kept.ts";
import { howToGoOn } from "./how-to-go-on.ts";
import type { Options } from "./options.ts";
import { stacks } from "./pulumi.ts";
import { firstRelease, writeExecutable } from "./releases.ts";
import type { Result } from "./report.ts";
import { releaseRound } from "./round.ts";
import { runCommand, type Surroundings } from "./run.ts";
import type { Say } from "./say.ts";
import { makeSite, waitForService, type Site } from "./site.ts";
import { startTraffic, type Traffic } from "./traffic/start.ts";

export type Demo = Omit<Extract<Options, { command: "run" }>, "app"> & {
  app: App;
  tools: readonly Tool[];
  signal: AbortSignal;
  say: Say;
  /** Where the commands' own output goes: stdout or stderr. */
  to: 1 | 2;
  /** Told of each release as it ends, whatever becomes of the demo after that. */
  onResult: (result: Result) => void;
};

/** Runs the demo, and ends all that it started unless it is to be kept. */
export async function runDemo(demo: Demo): Promise<void> {
  const { app, driver, full, keep, tools, signal, say } = demo;
  const folder = await realpath(await mkdtemp(join(tmpdir(), folderPrefix)));
  say(`starting Consul and Nomad on loopback, in ${folder}`);
  const environment = toolEnvironment(tools);
  const cluster = await startCluster({ folder, environment, docker: driver === "docker" });
  let kept = false;
  try {
    signal.throwIfAborted();
    say(`Consul is at ${cluster.consulAddress}, Nomad at ${cluster.nomadAddress}`);
    say("making a copy of the project with the stacks local-production and local-canary");
    const errorRate = full ? app.errorRates.full : app.errorRates.quick;
    const site = await makeSite({ folder, cluster, driver, errorRate, tools, signal });
    const { surroundings } = site;
    const variables = await app.prepare({ folder, cluster, tools, surroundings, say });
    const images = await makeReleases(folder, demo, variables, surroundings);
    await deployProduction(images, site, demo);
    const traffic = startTraffic(site.url, app.requestsPerSecond, surroundings.environment, app.paths);
    try {
      say(`${app.requestsPerSecond} requests a second through HAProxy at ${site.url}`);
      await makeRounds(images, traffic, cluster, site, demo);
      kept = keep;
    } finally {
      if (!kept) await traffic.stop();
    }
    if (!kept) return;
    await writeFile(join(folder, keptFile), "");
    await traffic.keep();
    await cluster.keep();
    say(howToGoOn(cluster, site, images.get("good") ?? ""));
  } finally {
    if (!kept) {
      say("ending everything");
      await cluster.stop();
    }
  }
}

/** Makes what is released. Resolves to what `nary release` is given, by the release's name. */
async function makeReleases(
  folder: string,
  { app, driver, say }: Demo,
  variables: Record<string, string>,
  surroundings: Surroundings,
): Promise<Map<string, string>> {
  const images = new Map<string, string>();
  const all = [firstRelease, ...app.releases];
  if (driver === "raw_exec") {
    for (const { name, faults } of all) {
      images.set(name, await writeExecutable(folder, name, faults, app.program, variables));
    }
    return images;
  }
  say("making a base image of this Node, and an image for each release");
  const base = await makeBaseImage(folder, surroundings);
  for (const { name, faults } of all) {
    images.set(name, await buildImage({ folder, base, name, faults }, surroundings));
  }
  return images;
}

async function deployProduction(
  images: ReadonlyMap<string, string>,
  { surroundings, url }: Site,
  { signal, say, to }: Demo,
): Promise<void> {
  const args = ["release", images.get(firstRelease.name) ?? "", "--first", "-s", stacks.canary];
  say("production, with four instances and HAProxy in front");
  say(`$ nary ${args.join(" ")}`);
  const { exitCode } = await runCommand("nary", args, surroundings, { to });
  if (exitCode !== 0) {
    throw new DemoError("step", `Production was not deployed: nary ended with exit status ${exitCode}.`);
  }
  await waitForService(url, signal);
}

async function makeRounds(
  images: ReadonlyMap<string, string>,
  traffic: Traffic,
  { consulAddress }: Cluster,
  { surroundings }: Site,
  { app, say, to, onResult }: Demo,
): Promise<void> {
  for (const { name, what } of app.releases) {
    say(what);
    const image = images.get(name) ?? "";
    onResult(await releaseRound({ name, image, consulAddress, traffic, surroundings, say, to }));
  }
}
