import { z } from "zod";
import { fromText, whole } from "./loose.ts";
import { bindAddress, executable, portNumber } from "./names.ts";

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
