import { spawn } from "node:child_process";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DemoError } from "../errors.ts";
import { consulAddress, consulArguments, isConsulReady } from "./consul.ts";
import { serverEnvironment, temporaryFolder } from "./environment.ts";
import { isNomadReady, nomadAddress, nomadConfiguration } from "./nomad.ts";
import type { PortBlock } from "./ports.ts";
import { until } from "./until.ts";

const startMs = 60_000;

type Server = {
  name: string;
  args: readonly string[];
  isReady: () => Promise<true | undefined>;
};

export type ServersOptions = {
  folder: string;
  ports: PortBlock;
  docker: boolean;
  datacenter: string;
  region: string;
  signal: AbortSignal;
};

/** Starts Consul, then Nomad, which looks for Consul only now and then. Resolves when jobs can be placed. */
export async function startServers(options: ServersOptions): Promise<void> {
  const { folder, ports, docker, datacenter, region } = options;
  const consul = consulAddress(ports);
  const nomad = nomadAddress(ports);
  const configuration = join(folder, "nomad.hcl");
  const dataFolder = join(folder, "nomad");
  await mkdir(dataFolder);
  await mkdir(temporaryFolder(folder));
  await writeFile(
    configuration,
    nomadConfiguration({
      ports,
      dataFolder,
      datacenter,
      region,
      consulAddress: consul,
      dockerHost: docker ? process.env["DOCKER_HOST"] : undefined,
    }),
  );
  await startServer(options, {
    name: "consul",
    args: consulArguments(ports, datacenter),
    isReady: () => isConsulReady(consul),
  });
  await startServer(options, {
    name: "nomad",
    args: ["agent", "-dev", `-config=${configuration}`],
    isReady: () => isNomadReady(nomad, docker ? ["raw_exec", "docker"] : ["raw_exec"]),
  });
}

async function startServer(
  { folder, signal }: ServersOptions,
  { name, args, isReady }: Server,
): Promise<void> {
  signal.throwIfAborted();
  const path = join(folder, `${name}.log`);
  const log = await open(path, "a");
  const child = spawn(name, args, {
    cwd: folder,
    env: serverEnvironment(folder, process.env),
    stdio: ["ignore", log.fd, log.fd],
  });
  const failure: { why?: string } = {};
  child.once("exit", () => (failure.why = "ended at once"));
  child.once("error", ({ message }) => (failure.why = `cannot be run: ${message}`));
  await log.close();
  const end = await until(
    async () => failure.why ?? (signal.aborted ? "was told to stop" : await isReady()),
    startMs,
  );
  if (end === true) return;
  const tail = (await readFile(path, "utf8")).split("\n").slice(-20).join("\n");
  const why = end ?? `was not ready after ${startMs / 1000} s`;
  throw new DemoError("cluster", `${name} ${why}. The end of its log:\n${tail}`);
}
