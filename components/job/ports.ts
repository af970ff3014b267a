import type { Network } from "./nomad.ts";
import type { Workload } from "./workload.ts";

type Options = { to?: number | undefined; static?: number | undefined };
type Ported = Pick<Workload, "port" | "ports">;

/** All ports of an instance, the service's own first. */
function portsOf({ port, ports }: Ported): [string, Options][] {
  return Object.entries<Options>({ [port]: {}, ...ports });
}

/** Their labels. */
export const labelsOf = (ported: Ported): string[] => portsOf(ported).map(([label]) => label);

export function renderNetwork(ported: Ported): Network {
  const dynamic: Network["DynamicPorts"] = [];
  const reserved: Network["ReservedPorts"] = [];
  for (const [label, { to, static: fixed }] of portsOf(ported)) {
    const port = { Label: label, ...(to === undefined ? {} : { To: to }) };
    if (fixed === undefined) dynamic.push(port);
    else reserved.push({ ...port, Value: fixed });
  }
  return {
    ...(dynamic.length === 0 ? {} : { DynamicPorts: dynamic }),
    ...(reserved.length === 0 ? {} : { ReservedPorts: reserved }),
  };
}
