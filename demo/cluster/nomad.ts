import { z } from "zod";
import { getJson } from "./http.ts";
import type { PortBlock } from "./ports.ts";

export function nomadAddress({ servers }: PortBlock): string {
  return `http://127.0.0.1:${servers[3] ?? 0}`;
}

export type NomadOptions = {
  ports: PortBlock;
  dataFolder: string;
  /** As Nomad's own unless given. */
  datacenter?: string;
  region?: string;
  consulAddress: string;
  /** Docker's socket where it is not the usual one. */
  dockerHost: string | undefined;
};

/** A node this large takes the seed's own shape, 8 × 5000 MHz, and production beside it, whatever the machine has. */
const compute = 160_000;
const memory = 65_536;

/** Text in HCL; a quote, a backslash or the start of an interpolation stays what it is. */
const hcl = (text: string) =>
  JSON.stringify(text).replaceAll(/([$%])\{/g, (_, sign: string) => `${sign}${sign}{`);

/** The configuration of a Nomad of our own. */
export function nomadConfiguration(options: NomadOptions): string {
  const { ports, dataFolder, datacenter = "dc1", region = "global", consulAddress, dockerHost } = options;
  const [, , , http = 0, rpc = 0, serf = 0] = ports.servers;
  // Another Nomad may use the same Docker: its containers and images are none of ours.
  return `
bind_addr            = "127.0.0.1"
data_dir             = ${hcl(dataFolder)}
disable_update_check = true
datacenter           = ${hcl(datacenter)}
region               = ${hcl(region)}
ports {
  http = ${http}
  rpc  = ${rpc}
  serf = ${serf}
}
client {
  network_interface = "lo"
  cpu_total_compute = ${compute}
  memory_total_mb   = ${memory}
  min_dynamic_port  = ${ports.dynamic.first}
  max_dynamic_port  = ${ports.dynamic.last}
  options           = { "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean" }
  template {
    consul_retry { attempts = 0 }
  }
}
plugin "raw_exec" {
  config { enabled = true }
}
plugin "docker" {
  config {
    ${dockerHost === undefined ? "" : `endpoint = ${hcl(dockerHost)}`}
    gc {
      image = false
      dangling_containers { enabled = false }
    }
  }
}
consul {
  address = ${hcl(new URL(consulAddress).host)}
}
`;
}

const nodes = z.array(z.object({ ID: z.string() })).length(1);
const node = z.object({
  Status: z.literal("ready"),
  Attributes: z.object({ "consul.version": z.string() }),
  Drivers: z.record(z.string(), z.object({ Healthy: z.boolean() })),
});

/** Whether Nomad can place a job: its node is ready, knows Consul, and has the drivers. */
export async function isNomadReady(address: string, drivers: readonly string[]): Promise<true | undefined> {
  const [first] = (await getJson(`${address}/v1/nodes`, nodes)) ?? [];
  const found = first && (await getJson(`${address}/v1/node/${first.ID}`, node));
  return found && drivers.every((name) => found.Drivers[name]?.Healthy === true) ? true : undefined;
}
