import { delimiter, dirname, join } from "node:path";
import type { Tool } from "../tools/toolchain/index.ts";
import type { Cluster } from "./cluster/start.ts";
import { until } from "./cluster/until.ts";
import { DemoError } from "./errors.ts";
import type { Driver } from "./options.ts";
import { makeStacks, pulumiEnvironment } from "./pulumi.ts";
import type { Surroundings } from "./run.ts";
import { writeScript } from "./script.ts";

const root = dirname(import.meta.dirname);
const answerMs = 30_000;

export type SiteOptions = {
  /** The cluster's folder. */
  folder: string;
  cluster: Cluster;
  driver: Driver;
  /** That the canary's policy rules out; as the stack's file has it unless given. */
  errorRate?: number;
  tools: readonly Tool[];
  signal: AbortSignal;
};

/** A copy of the project with its stacks, set up for a cluster. */
export type Site = {
  /** Where commands run as a user types them, in the project's folder: `nary` and the tools are on PATH. */
  surroundings: Surroundings;
  /** What a user's shell needs for the same. */
  variables: Record<string, string>;
  /** HAProxy's frontend, and its stats page. */
  url: string;
  statsUrl: string;
};

export async function makeSite(options: SiteOptions): Promise<Site> {
  const { folder, cluster, driver, errorRate, tools, signal } = options;
  const bin = join(folder, "bin");
  await writeScript(join(bin, "nary"), {}, [process.execPath, join(root, "cli", "main.ts")], ' "$@"');
  const variables = {
    PATH: [bin, cluster.environment["PATH"] ?? ""].join(delimiter),
    NOMAD_ADDR: cluster.nomadAddress,
    CONSUL_HTTP_ADDR: cluster.consulAddress,
    ...(await pulumiEnvironment(folder, tools)),
  };
  const environment = { ...cluster.environment, ...variables };
  const surroundings = { cwd: join(folder, "project"), environment, signal };
  const [port = 0, statsPort = 0] = cluster.fixedPorts;
  const haproxy = tools.find(({ name }) => name === "haproxy")?.path ?? "haproxy";
  await makeStacks({ driver, errorRate, port, statsPort, haproxy }, surroundings);
  return {
    surroundings,
    variables,
    url: `http://127.0.0.1:${port}`,
    statsUrl: `http://127.0.0.1:${statsPort}`,
  };
}

/** Waits until HAProxy answers for the service. */
export async function waitForService(url: string, signal: AbortSignal): Promise<void> {
  const isUp = async () => {
    signal.throwIfAborted();
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true ? true : undefined;
  };
  if ((await until(isUp, answerMs)) === undefined) {
    throw new DemoError("step", `HAProxy did not answer at ${url} within ${answerMs / 1000} s.`);
  }
}
