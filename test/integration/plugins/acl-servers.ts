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
import { unmountInside } from "../../../demo/cluster/mounts.ts";
import { claimPorts, type PortBlock } from "../../../demo/cluster/ports.ts";
import { until } from "../../../demo/cluster/until.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { stackForTests, type TestStack } from "./stack.ts";

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

const kinds = {
  nomad: { start: startAclNomad, address: "NOMAD_ADDR", token: "NOMAD_TOKEN" },
  consul: { start: startAclConsul, address: "CONSUL_HTTP_ADDR", token: "CONSUL_HTTP_TOKEN" },
} as const;

/** A server, and a stack that goes there with a token which may do everything, for the tests of a `describe`. */
export function aclStackForTests(
  kind: keyof typeof kinds,
  remove: (stack: TestStack) => Promise<void>,
): { request: AclServer["request"]; stack: TestStack } {
  let server: AclServer | undefined;
  const started = () => {
    if (server === undefined) throw new Error("The server is started before the first test, not earlier.");
    return server;
  };
  const { start: startServer, address, token } = kinds[kind];
  before(async function () {
    this.timeout(300_000);
    server = await startServer();
  });
  const stack = stackForTests(remove, () => ({ [address]: started().address, [token]: started().token }));
  after(stopAclServers);
  return { request: (...asked) => started().request(...asked), stack };
}

const startMs = 30_000;

/** Runs a command that dies with this process, however that ends. */
const endsWithUs = { command: "setpriv", args: ["--pdeathsig", "KILL"] };

/** A Nomad that keeps policies and tokens; without a client it runs nothing. */
export function startAclNomad({ client = false } = {}): Promise<AclServer> {
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
        acl { enabled = true }
        ${client ? clientBlock(ports) : ""}`,
      );
      return ["nomad", "agent", `-config=${file}`];
    },
    isReady: async ({ request, token }) =>
      (await request("POST", "/v1/acl/bootstrap", { BootstrapSecret: token }, "")).ok,
    ...(client ? { empty: emptyNomad } : {}),
  });
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

const ids = z.array(z.object({ ID: z.string() }));
const states = z.array(z.object({ ClientStatus: z.string() }));

/** Ends all that a Nomad runs, which would outlive it. */
async function emptyNomad({ request }: AclServer): Promise<void> {
  for (const { ID: id } of await answer(request("GET", "/v1/jobs"), ids)) {
    await request("DELETE", `/v1/job/${id}?purge=true&no_shutdown_delay=true`);
  }
  await until(async () => {
    const found = await answer(request("GET", "/v1/allocations"), states);
    return (
      found.every(({ ClientStatus: status }) => status === "complete" || status === "failed") || undefined
    );
  }, startMs);
}

/** A Consul that denies by default. */
function startAclConsul(): Promise<AclServer> {
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
  /** Before the server is ended. */
  empty?: (server: AclServer) => Promise<void>;
};

async function start({ header, address: addressOf, run, isReady, empty }: Kind): Promise<AclServer> {
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
    if (child.exitCode === null) await empty?.({ address, token, request });
    await end(child);
    await unmountInside(folder);
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
