import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { consulAddress, consulArguments, isConsulReady } from "../../../demo/cluster/consul.ts";
import { endJobs } from "../../../demo/cluster/end-jobs.ts";
import { serverEnvironment, temporaryFolder as temporaryIn } from "../../../demo/cluster/environment.ts";
import { getJson } from "../../../demo/cluster/http.ts";
import { nomadAddress } from "../../../demo/cluster/nomad.ts";
import { claimPorts, type Claim, type PortBlock } from "../../../demo/cluster/ports.ts";
import { sweep } from "../../../demo/cluster/sweep.ts";
import { until } from "../../../demo/cluster/until.ts";
import { endsWithUs, nomadServer } from "../../support/acl-servers.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const startMs = 60_000;

/** A server or client that can be killed, and comes back with what it knew. */
export class Agent {
  readonly #command: readonly string[];
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isReady: () => Promise<true | undefined>;
  #process: ChildProcess | undefined;

  constructor(
    command: readonly string[],
    folder: string,
    environment: NodeJS.ProcessEnv,
    isReady: () => Promise<true | undefined>,
  ) {
    this.#command = command;
    this.#folder = folder;
    this.#environment = environment;
    this.#isReady = isReady;
  }

  async start(): Promise<void> {
    const [name = ""] = this.#command;
    const path = join(this.#folder, `${name}.log`);
    const log = await open(path, "a");
    const child = spawn(endsWithUs.command, [...endsWithUs.args, ...this.#command], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ["ignore", log.fd, log.fd],
    });
    this.#process = child;
    await log.close();
    const ready = await until(
      async () => (child.exitCode === null ? await this.#isReady() : "ended"),
      startMs,
    );
    if (ready !== true) throw new Error(`${name} is not ready: ${await readFile(path, "utf8")}`);
  }

  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null) return;
    const ended = once(process, "exit");
    process.kill("SIGKILL");
    await ended;
  }

  /** Kills it, and starts it again after so many seconds. */
  async away(seconds: number): Promise<void> {
    await this.kill();
    await sleep(seconds * 1000);
    await this.start();
  }
}

/** Where services are released. */
export type Place = {
  consulAddress: string;
  nomadAddress: string;
  /** For whoever is to use it. */
  elsewhere: NodeJS.ProcessEnv;
  fixedPort: () => number;
};

export type OwnCluster = Place & {
  consul: Agent;
  nomad: Agent;
  stop: () => Promise<void>;
};

/** The run's own cluster, for faults that leave Consul and Nomad alone. */
export async function sharedPlace(): Promise<Place> {
  return { ...(await sharedCluster()), elsewhere: {} };
}

/** A Consul, a server of Nomad's and its clients, each a process of its own that keeps what it knows in a folder. */
export async function startOwnCluster({ clients = 1 } = {}): Promise<OwnCluster> {
  const shared = await sharedCluster();
  const folder = join(await temporaryFolder(), "cluster");
  await mkdir(temporaryIn(folder), { recursive: true });
  const environment = serverEnvironment(folder, shared.environment);
  const claims: Claim[] = [];
  for (let index = 0; index < clients; index += 1) claims.push(await claimPorts());
  const [{ ports }] = z.tuple([z.custom<Claim>()], z.custom<Claim>()).parse(claims);
  const addresses = { consul: consulAddress(ports), nomad: nomadAddress(ports) };
  const agents = await consulAgents(folder, environment, claims);
  const nomad = new Agent(
    await nomadServer(folder, ports, `consul { address = "${new URL(addresses.consul).host}" }`),
    folder,
    environment,
    () => isLeading(addresses.nomad),
  );
  const started: Agent[] = [];
  for (const [index, claim] of claims.entries()) {
    const name = `client-${index}`;
    const own = join(folder, name);
    await mkdir(own);
    const file = join(own, "nomad.hcl");
    await writeFile(file, await clientConfiguration(name, own, ports, claim.ports));
    started.push(
      new Agent(["nomad", "agent", `-config=${file}`], own, environment, () => isUp(addresses.nomad, name)),
    );
  }
  const given = ports.fixed.values();
  const stop = async () => {
    await endJobs(addresses.nomad);
    for (const agent of [...started, nomad, ...agents]) await agent.kill();
    const left = await sweep(folder);
    await Promise.all(claims.map(({ release }) => release()));
    if (left.length > 0) throw new Error(`Could not be ended: ${left.join(", ")}.`);
  };
  try {
    await Promise.all([...agents, nomad].map((agent) => agent.start()));
    await Promise.all(started.map((agent) => agent.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  const [consul] = agents;
  return {
    consul,
    nomad,
    consulAddress: addresses.consul,
    nomadAddress: addresses.nomad,
    elsewhere: { CONSUL_HTTP_ADDR: addresses.consul, NOMAD_ADDR: addresses.nomad },
    fixedPort: () => given.next().value ?? 0,
    stop,
  };
}

/**
 * A server of Consul's, and an agent for each further client of Nomad's: two clients of one agent would take each
 * other's services out of it.
 */
async function consulAgents(
  folder: string,
  environment: NodeJS.ProcessEnv,
  claims: readonly Claim[],
): Promise<[Agent, ...Agent[]]> {
  const [, , serf = 0] = claims[0]?.ports.servers ?? [];
  const [first, ...others] = await Promise.all(
    claims.map(async ({ ports }, index) => {
      const own = join(folder, `consul-${index}`);
      await mkdir(own);
      const words = consulArguments(ports).filter((word) => word !== "-dev");
      const role =
        index === 0
          ? ["-server", "-bootstrap-expect=1"]
          : [`-retry-join=127.0.0.1:${serf}`, "-retry-interval=1s"];
      const command = ["consul", ...words, ...role, `-node=own-${index}`, `-data-dir=${join(own, "data")}`];
      return new Agent(command, own, environment, () => isConsulReady(consulAddress(ports)));
    }),
  );
  if (first === undefined) throw new Error("A cluster has at least one client.");
  return [first, ...others];
}

async function clientConfiguration(
  name: string,
  folder: string,
  servers: PortBlock,
  own: PortBlock,
): Promise<string> {
  const [, , , , rpc = 0] = servers.servers;
  const chroot = (await filesOfNode()).join("\n");
  return `
    name                 = "${name}"
    bind_addr            = "127.0.0.1"
    data_dir             = "${join(folder, "data")}"
    disable_update_check = true
    ports { http = ${own.servers[6] ?? 0} }
    advertise {
      http = "127.0.0.1"
      rpc  = "127.0.0.1"
      serf = "127.0.0.1"
    }
    client {
      enabled           = true
      servers           = ["127.0.0.1:${rpc}"]
      network_interface = "lo"
      cpu_total_compute = 40000
      memory_total_mb   = 16384
      min_dynamic_port  = ${own.dynamic.first}
      max_dynamic_port  = ${own.dynamic.last}
      options           = { "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean" }
      template {
        consul_retry { attempts = 0 }
      }
      chroot_env {
        ${chroot}
      }
    }
    plugin "raw_exec" {
      config { enabled = true }
    }
    consul { address = "${new URL(consulAddress(own)).host}" }`;
}

/** What a program of Node's needs in a file system of its own; all of /usr would be put into it otherwise. */
async function filesOfNode(): Promise<string[]> {
  const libraries = await runProgram("ldd", [process.execPath]);
  const found = [...libraries.stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  // A link would lead nowhere.
  return await Promise.all(
    [process.execPath, "/etc/passwd", ...found].map(async (path) => `"${await realpath(path)}" = "${path}"`),
  );
}

async function isLeading(address: string): Promise<true | undefined> {
  const leader = await getJson(`${address}/v1/status/leader`, z.string().min(1));
  return leader === undefined ? undefined : true;
}

const nodes = z.array(
  z.object({
    Name: z.string(),
    ID: z.string(),
    Status: z.string(),
    Drivers: z.record(z.string(), z.object({ Healthy: z.boolean() })),
  }),
);
const attributes = z.object({ Attributes: z.object({ "consul.version": z.string() }) });

async function isUp(address: string, name: string): Promise<true | undefined> {
  const all = await getJson(`${address}/v1/nodes`, nodes);
  const found = all?.find((node) => node.Name === name && node.Status === "ready");
  if (found === undefined || found.Drivers["raw_exec"]?.Healthy !== true) return undefined;
  const known = await getJson(`${address}/v1/node/${found.ID}`, attributes);
  return known === undefined ? undefined : true;
}
