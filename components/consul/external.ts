import { isIPv6 } from "node:net";
import { nodeOf, type ExternalCheck, type ExternalService } from "../../settings/consul-external.ts";

/** consul-esm runs the checks of nodes with these, and only of those. */
const probed = { "external-node": "true", "external-probe": "true" };
const unprobed = { "external-node": "true" };

/** The nodes that the services are on, each once. */
export function renderNodes(all: readonly ExternalService[]) {
  return [...new Set(all.map(nodeOf))].map((name) => {
    const here = all.filter((service) => nodeOf(service) === name);
    const meta = here.some(({ checks }) => checks.length > 0) ? probed : unprobed;
    return { name, address: here[0]?.address ?? "", meta };
  });
}

export function renderExternal(service: ExternalService) {
  const { name, address, port, tags, meta } = service;
  const checks = service.checks.map((check, index) => renderCheck(service, check, index));
  return { name, serviceId: name, node: nodeOf(service), address, port, tags, meta, checks };
}

function renderCheck({ name, address, port }: ExternalService, check: ExternalCheck, index: number) {
  const at = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  const common = {
    checkId: `${name}-${index + 1}`,
    name: `${name} by ${check.type}`,
    interval: `${check.intervalSeconds}s`,
    timeout: `${check.timeoutSeconds}s`,
  };
  switch (check.type) {
    case "http":
      return { ...common, http: `http://${at}${check.path}` };
    case "tcp":
      return { ...common, tcp: at };
  }
}
