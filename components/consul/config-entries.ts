import type { ConfigEntry } from "../../settings/consul-entries.ts";
import type { RegisteredName } from "../../settings/names.ts";

/** What Consul is given of a config entry: `configJson` has Consul's own fields. */
export function renderConfigEntry(entry: ConfigEntry, name: RegisteredName) {
  return { kind: entry.kind, name, configJson: JSON.stringify(fieldsOf(entry)) };
}

function fieldsOf(entry: ConfigEntry) {
  switch (entry.kind) {
    case "service-defaults":
      return {
        Protocol: entry.protocol,
        MaxInboundConnections: entry.maxInboundConnections,
        BalanceInboundConnections: entry.balanceInboundConnections ? "exact_balance" : undefined,
        LocalConnectTimeoutMs: milliseconds(entry.localConnectTimeoutSeconds),
        LocalRequestTimeoutMs: milliseconds(entry.localRequestTimeoutSeconds),
        ...metaOf(entry),
      };
    case "service-intentions":
      return {
        Sources: [
          ...entry.allow.map((source) => ({ Name: source, Action: "allow" })),
          ...entry.deny.map((source) => ({ Name: source, Action: "deny" })),
        ],
        ...metaOf(entry),
      };
  }
}

/** Consul keeps no empty meta, which would look like a change for ever. */
const metaOf = ({ meta }: ConfigEntry) => (Object.keys(meta).length === 0 ? {} : { Meta: meta });

const milliseconds = (seconds: number | undefined) =>
  seconds === undefined ? undefined : Math.round(seconds * 1000);
