import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { consulAddress, consulArguments } from "../../demo/cluster/consul.ts";
import {
  serverEnvironment,
  temporaryFolder as serversTemporaryFolder,
} from "../../demo/cluster/environment.ts";
import { nomadAddress, nomadConfiguration } from "../../demo/cluster/nomad.ts";
import { claimPorts, type PortBlock } from "../../demo/cluster/ports.ts";
import { sweep } from "../../demo/cluster/sweep.ts";
import { until } from "../../demo/cluster/until.ts";
import { sharedCluster } from "./cluster.ts";
import { temporaryFolder } from "./temporary.ts";

/** A server of its own that denies whatever its tokens do not allow. */
export type AclServer = {
  address: string;
  /** A token that may do everything. */
  token: string;
  /** Asks the server's API, as the holder of another token if one is given. */
  request: (method: string, path: string, body?: unknown, token?: string) => Promise<Response>;
};

const running: (() => Promise<void>)[] = [];

/** Ends the servers that were started. */
export async function stopAclServers(): Promise<void> {
  for (const stop of running.splice(0)) await stop();
}

/** A client that came before its server was ready tries again within half a minute. */
const startMs = 90_000;

/** Runs a command that dies with this process, however that ends. */
export const endsWithUs = { command: "setpriv", args: ["--pdeathsig", "KILL"] };

/** A Nomad that keeps policies and tokens; without a client it runs nothing. Its jobs know no Consul. */
export function startAclNomad({ client = false } = {}): Promise<AclServer> {
  return startServer({
    ...nomadKind,
    run: (folder, ports) =>
      nomadServer(folder, ports, `acl { enabled = true }\n${client ? clientBlock(ports) : ""}`),
  });
}

/** The command of a Nomad that is a server, and whatever else its configuration says. */
export async function nomadServer(
  folder: string,
  ports: PortBlock,
  configuration: string,
): Promise<string[]> {
  const [, , , http = 0, rpc = 0, serf = 0] = ports.servers;
  const file = join(folder, "nomad.hcl");
  await writeFile(
    file,
    `
    bind_addr            = "127.0.0.1"
    data_dir             = ${JSON.stringify(join(folder, "nomad"))}
    disable_update_check = true
    ports {
      http = ${http}
      rpc  = ${rpc}
      serf = ${serf}
    }
    advertise {
      http = "127.0.0.1"
      rpc  = "127.0.0.1"
      serf = "127.0.0.1"
    }
    server {
      enabled          = true
      bootstrap_expect = 1
      raft_multiplier  = 1
    }
    ${configuration}`,
  );
  return ["nomad", "agent", `-config=${file}`];
}

const clientBlock = ({ dynamic }: PortBlock) => `
  client {
    enabled           = true
    network_interface = "lo"
    min_dynamic_port  = ${dynamic.first}
    max_dynamic_port  = ${dynamic.last}
    options           = { "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean" }
  }
  plugin "raw_exec" {
    config { enabled = true }
  }`;

/** A Nomad that runs jobs, and talks to Consul as the holder of the token. */
export async function startAclNomadClient(consul: AclServer, consulToken: string): Promise<AclServer> {
  const nomad = await startServer({
    ...nomadKind,
    run: async (folder, ports) => {
      const dataFolder = join(folder, "nomad");
      await mkdir(dataFolder);
      const files = [join(folder, "nomad.hcl"), join(folder, "acl.hcl")] as const;
      const shared = { ports, dataFolder, consulAddress: consul.address, dockerHost: undefined };
      await writeFile(files[0], nomadConfiguration(shared));
      await writeFile(
        files[1],
        `acl { enabled = true }
        consul {
          token = "${consulToken}"
          task_identity {
            aud = ["consul.io"]
            ttl = "1h"
          }
        }`,
        {
          mode: 0o600,
        },
      );
      return ["nomad", "agent", "-dev", ...files.map((file) => `-config=${file}`)];
    },
  });
  const isReady = await until(async () => {
    const found = await answer(nomad.request("GET", "/v1/nodes"), nodes);
    const [first] = found;
    const node = first && (await answer(nomad.request("GET", `/v1/node/${first.ID}`), readyNode));
    return node && node.Status === "ready" && node.Attributes["consul.version"] !== undefined
      ? true
      : undefined;
  }, startMs);
  if (isReady !== true) throw new Error("Nomad's client is not ready, or does not know Consul.");
  return nomad;
}

const nodes = z.array(z.object({ ID: z.string() }));
const readyNode = z.object({ Status: z.string(), Attributes: z.record(z.string(), z.string()) });

const nomadKind: Omit<Kind, "run"> = {
  header: "X-Nomad-Token",
  address: nomadAddress,
  isReady: async ({ request, token }) =>
    (await request("POST", "/v1/acl/bootstrap", { BootstrapSecret: token }, "")).ok,
};

/** A Consul that denies by default. */
export function startAclConsul(): Promise<AclServer> {
  return startServer({
    header: "X-Consul-Token",
    address: consulAddress,
    run: (_folder, ports, token) =>
      Promise.resolve([
        "consul",
        ...consulArguments(ports),
        '-hcl=primary_datacenter = "dc1"',
        `-hcl=acl { enabled = true default_policy = "deny" tokens { initial_management = "${token}" agent = "${token}" } }`,
      ]),
    // The token is made once there is a leader.
    isReady: async ({ request }) => (await request("GET", "/v1/acl/token/self")).ok,
  });
}

/** What a server is started with, and when it can be used. */
export type Kind = {
  header: string;
  address: (ports: PortBlock) => string;
  run: (folder: string, ports: PortBlock, token: string) => Promise<string[]>;
  isReady: (server: AclServer) => Promise<boolean>;
};

/** Starts a server of its own, which `stopAclServers` ends. */
export async function startServer({ header, address: addressOf, run, isReady }: Kind): Promise<AclServer> {
  const { environment } = await sharedCluster();
  const folder = await temporaryFolder();
  await mkdir(serversTemporaryFolder(folder));
  const { ports, release } = await claimPorts();
  const token = randomUUID();
  const address = addressOf(ports);
  const request: AclServer["request"] = (method, path, body, holder = token) =>
    fetch(new URL(path, address), {
      method,
      headers: { [header]: holder },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const path = join(folder, "server.log");
  const log = await open(path, "a");
  const child = spawn(endsWithUs.command, [...endsWithUs.args, ...(await run(folder, ports, token))], {
    cwd: folder,
    env: serverEnvironment(folder, environment),
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  running.push(async () => {
    await end(child);
    // A Nomad that was killed leaves tasks and mounts.
    await sweep(folder);
    await release();
  });
  const ready = await until(async () => {
    if (child.exitCode !== null) return false;
    const answered = await isReady({ address, token, request }).catch(() => false);
    return answered || undefined;
  }, startMs);
  if (ready === true) return { address, token, request };
  const tail = (await readFile(path, "utf8")).split("\n").slice(-20).join("\n");
  throw new Error(`The server is not ready. The end of its log:\n${tail}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** The JSON that a server answers with. */
export async function answer<Schema extends z.ZodType>(
  asked: Promise<Response>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const response = await asked;
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${await response.text()}`);
  return schema.parse(await response.json());
}
