import { spawn, type ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DemoError } from "../../demo/errors.ts";
import { stacks } from "../../demo/pulumi.ts";
import { runStep } from "../../demo/run.ts";
import type { Site } from "../../demo/site.ts";
import type { Setup } from "./rows.ts";
import { end } from "./service.ts";

const template = join(import.meta.dirname, "plain.cfg.ctmpl");
const patienceMs = 20_000;
const lookMs = 50;

export type Haproxy = { stop: () => Promise<void> };

/** HAProxy with the servers that Consul has, in a folder that is not there yet. */
export async function startHaproxy(setup: Setup, folder: string, site: Site): Promise<Haproxy> {
  await mkdir(folder);
  const children = setup === "plain" ? await startPlain(folder, site) : await startNary(folder, site);
  return {
    stop: async () => {
      for (const [child, signal] of children) await end(child, signal);
    },
  };
}

type Started = readonly (readonly [ChildProcess, NodeJS.Signals])[];

async function startPlain(folder: string, { surroundings, url, statsUrl }: Site): Promise<Started> {
  const environment = {
    ...surroundings.environment,
    PORT: new URL(url).port,
    STATS_PORT: new URL(statsUrl).port,
  };
  const configuration = join(folder, "haproxy.cfg");
  const args = ["-once", "-template", `${template}:${configuration}`];
  await runStep("consul-template", args, { ...surroundings, environment });
  const haproxy = spawn("haproxy", ["-db", "-f", configuration], { env: environment, stdio: "ignore" });
  return [[haproxy, "SIGTERM"]];
}

/** As docs/haproxy.md tells a host to do it. */
async function startNary(folder: string, { surroundings }: Site): Promise<Started> {
  const args = ["haproxy-template", "-s", stacks.production, "--out", folder];
  await runStep("nary", args, surroundings);
  const options = { env: surroundings.environment, stdio: "ignore" } as const;
  const haproxy = spawn("/bin/sh", [join(folder, "local", "start.sh")], options);
  const configuration = join(folder, "consul-template.hcl");
  const consulTemplate = spawn("consul-template", ["-config", configuration], options);
  // Consul-template hands on SIGTERM and stays.
  return [
    [consulTemplate, "SIGINT"],
    [haproxy, "SIGTERM"],
  ];
}

/** Waits until HAProxy has exactly these servers. */
export async function untilServers(
  statsUrl: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  const wanted = names.toSorted().join();
  while ((await serversOf(statsUrl)).toSorted().join() !== wanted) {
    signal.throwIfAborted();
    if (performance.now() > deadline) {
      throw new DemoError("step", `HAProxy did not have its servers within ${patienceMs / 1000} s.`);
    }
    await sleep(lookMs);
  }
}

/** Names of the servers; none while HAProxy does not answer. */
async function serversOf(statsUrl: string): Promise<string[]> {
  // A connection that is kept would go on with the process that a reload has replaced.
  const text = await fetch(`${statsUrl}/;csv`, { headers: { connection: "close" } }).then(
    (response) => response.text(),
    () => "",
  );
  return text.split("\n").flatMap((line) => /^[^#,]+,((?:api|canary)_[^,]+),/.exec(line)?.[1] ?? []);
}
