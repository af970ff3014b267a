import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { consulAddress, consulArguments } from "../../../demo/cluster/consul.ts";
import {
  serverEnvironment,
  temporaryFolder as serversTemporaryFolder,
} from "../../../demo/cluster/environment.ts";
import { nomadAddress } from "../../../demo/cluster/nomad.ts";
import { claimPorts, type PortBlock } from "../../../demo/cluster/ports.ts";
import { until } from "../../../demo/cluster/until.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";

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

const startMs = 30_000;

/** Runs a command that dies with this process, however that ends. */
const endsWithUs = { command: "setpriv", args: ["--pdeathsig", "KILL"] };

/** A Nomad without clients: it keeps policies and tokens, and runs nothing. */
export function startAclNomad(): Promise<AclServer> {
  return start({
    header: "X-Nomad-Token",
    address: nomadAddress,
    run: async (folder, ports) => {
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
        acl { enabled = true }`,
      );
      return ["nomad", "agent", `-config=${file}`];
    },
    isReady: async ({ request, token }) =>
      (await request("POST", "/v1/acl/bootstrap", { BootstrapSecret: token }, "")).ok,
  });
}

/** A Consul that denies by default. */
export function startAclConsul(): Promise<AclServer> {
  return start({
    header: "X-Consul-Token",
    address: consulAddress,
    run: (_folder, ports, token) =>
      Promise.resolve([
        "consul",
        ...consulArguments(ports),
        '-hcl=primary_datacenter = "dc1"',
        `-hcl=acl { enabled = true default_policy = "deny" tokens { initial_management = "${token}" } }`,
      ]),
    // The token is made once there is a leader.
    isReady: async ({ request }) => (await request("GET", "/v1/acl/token/self")).ok,
  });
}

type Kind = {
  header: string;
  address: (ports: PortBlock) => string;
  run: (folder: string, ports: PortBlock, token: string) => Promise<string[]>;
  isReady: (server: AclServer) => Promise<boolean>;
};

async function start({ header, address: addressOf, run, isReady }: Kind): Promise<AclServer> {
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
