import { z } from "zod";
import { fromText, whole } from "./loose.ts";
import { bindAddress, executable, portNumber } from "./names.ts";
import { policy } from "./policy.ts";
import { gate, update, workload } from "./workload.ts";

export type { GateSettings } from "./workload.ts";

/** The HAProxy in front of production and its canaries. */
export const haproxy = z.strictObject(
  {
    /** Address that the frontend listens on; loopback unless given, "*" for all. */
    bind: bindAddress.default(bindAddress.parse("127.0.0.1")),
    port: fromText(portNumber),
    /** Stats page and Prometheus exporter, on loopback. */
    statsPort: fromText(portNumber),
    /** The haproxy binary on the clients. */
    command: executable.default(executable.parse("haproxy")),
    cpu: whole("a whole number of MHz, at least 1", 1).default(500),
    memory: whole("a whole number of MiB, at least 10", 10).default(256),
  },
  { error: "must have port and statsPort" },
);

const canary = z.strictObject({
  role: z.literal("canary"),
  ...workload,
  policy: policy.prefault({ type: "zero-errors" }),
  gate: gate.prefault({}),
});
export type CanarySettings = z.infer<typeof canary>;

const production = z.strictObject({
  role: z.literal("production"),
  ...workload,
  update: update.prefault({}),
  haproxy: haproxy.refine(({ port, statsPort }) => port !== statsPort, {
    error: "must have two different ports as port and statsPort",
  }),
});
export type ProductionSettings = z.infer<typeof production>;

/** All settings of a stack: the keys under `nary:` in its file. */
export const settings = z.discriminatedUnion("role", [canary, production], {
  error: "must be canary or production",
});
export type Settings = z.infer<typeof settings>;
