import { z } from "zod";
import { consulName } from "./consul-names.ts";
import { flag, number, whole } from "./loose.ts";
import { registration } from "./registration.ts";

const kinds = ["service-defaults", "service-intentions"] as const;
const protocols = ["tcp", "http", "http2", "grpc"] as const;

const sourceError = "must be a service's name in Consul, or * for all";
const source = z
  .string({ error: sourceError })
  .refine((text) => text === "*" || consulName.safeParse(text).success, { error: sourceError })
  .brand<"Source">();
const sources = z
  .array(source, { error: 'must be a list of services in Consul, such as ["web"]' })
  .default([]);

const timeout = number("a number of seconds, 0.001 to 86400", 0.001, 86_400).optional();

/** How a service speaks in the mesh; what is not given is Consul's own default. */
const serviceDefaults = z.strictObject({
  kind: z.literal("service-defaults"),
  protocol: z.enum(protocols, { error: `must be one of: ${protocols.join(", ")}` }).optional(),
  /** Connections that each sidecar takes at the same time. */
  maxInboundConnections: whole("a whole number of connections, at least 1", 1).optional(),
  /** Whether a sidecar shares connections out evenly among its threads. */
  balanceInboundConnections: flag.default(false),
  /** From a sidecar to its own instance. */
  localConnectTimeoutSeconds: timeout,
  localRequestTimeoutSeconds: timeout,
  meta: registration.meta,
});

/** Which services may connect to it. */
const serviceIntentions = z
  .strictObject({
    kind: z.literal("service-intentions"),
    allow: sources,
    deny: sources,
    meta: registration.meta,
  })
  .refine(({ allow, deny }) => allow.length + deny.length > 0, {
    error: "must name a service in allow or deny",
  })
  .refine(({ allow, deny }) => new Set([...allow, ...deny]).size === allow.length + deny.length, {
    error: "must not name a service twice in allow and deny",
  });

const configEntry = z.discriminatedUnion("kind", [serviceDefaults, serviceIntentions], {
  error: ({ input }) => `must ${typeof input === "object" ? "be" : "have kind,"} one of: ${kinds.join(", ")}`,
});
export type ConfigEntry = z.infer<typeof configEntry>;

/** Config entries of the service, which its canary has too, under its own name. */
export const configEntries = z
  .array(configEntry, { error: "must be a list of config entries" })
  .refine((entries) => new Set(entries.map(({ kind }) => kind)).size === entries.length, {
    error: "must not have a kind twice",
  })
  .default([]);
