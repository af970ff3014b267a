import { z } from "zod";
import { also } from "./haproxy-also.ts";
import { extra } from "./haproxy-extra.ts";
import { listeners } from "./haproxy-listeners.ts";
import { haproxySides } from "./haproxy-sides.ts";
import { haproxyPlacement } from "./haproxy-placement.ts";
import { limits, timeouts } from "./haproxy-timeouts.ts";
import { tls } from "./haproxy-tls.ts";
import { flag, fromText, text, whole } from "./loose.ts";
import { bindAddress, executable, portNumber, urlPath } from "./names.ts";

const pageBytes = 8192;

const internalPath = urlPath.refine((path) => path !== "/", {
  error: "must be a route of its own, since it is denied from outside",
});

/** The HAProxy in front of production and its canaries. */
export const haproxy = z.strictObject(
  {
    /** Address that the frontend listens on; loopback unless given, "*" for all. */
    bind: bindAddress.default(bindAddress.parse("127.0.0.1")),
    port: fromText(portNumber),
    /** Stats page, Prometheus exporter, and the counts that the gate asks for. */
    statsPort: fromText(portNumber),
    /** Address that these listen on; loopback unless given. A gate on another machine needs one that it reaches. */
    statsBind: bindAddress.default(bindAddress.parse("127.0.0.1")),
    /** The haproxy binary on the clients. */
    command: executable.default(executable.parse("haproxy")),
    cpu: whole("a whole number of MHz, at least 1", 1).default(500),
    memory: whole("a whole number of MiB, at least 10", 10).default(256),
    tls: tls.prefault({}),
    timeouts: timeouts.prefault({}),
    limits: limits.prefault({}),
    /** Whether each request is a line of JSON on the task's stdout. */
    accessLog: flag.default(false),
    /** Routes that are denied from outside, beside those with the counts. */
    internalPaths: z
      .array(internalPath, { error: "must be a list of paths" })
      .max(100, { error: "must be at most 100 paths" })
      .default([]),
    /** HTML for clients while no server is up. It has to fit into HAProxy's buffer. */
    unavailablePage: text(pageBytes)
      // A file that is rendered empty is not written at all.
      .refine((page) => page !== "" && Buffer.byteLength(page) <= pageBytes, {
        error: `must be 1 to ${pageBytes} bytes long`,
      })
      .optional(),
    extra: extra.prefault({}),
    /** Services of other stacks behind this HAProxy. */
    also,
    listeners,
    ...haproxySides,
    ...haproxyPlacement,
  },
  { error: "must have port and statsPort" },
);
type Haproxy = z.infer<typeof haproxy>;

/** The ports that HAProxy listens on, each with its label in a Nomad job. */
export function portsOf({ port, statsPort, tls: { redirectPort }, listeners: more }: Haproxy) {
  return [
    { label: "frontend", port },
    { label: "stats", port: statsPort },
    ...(redirectPort === undefined ? [] : [{ label: "redirect", port: redirectPort }]),
    ...more.map(({ name, port: own }) => ({ label: `listener_${name.replaceAll("-", "_")}`, port: own })),
  ];
}

type Contradiction = { path: string[]; message: string };

/** Why the settings of the HAProxy in front of a service do not fit each other. */
export function contradiction(given: Haproxy, service: string): Contradiction | undefined {
  const {
    tls: { certificates, redirectPort },
    also: others,
    listeners: more,
  } = given;
  if (hasTwice(portsOf(given).map(({ port }) => port)))
    return {
      path: [],
      message: "must have a different port each as port, statsPort, tls.redirectPort and in listeners",
    };
  const services = [service, ...others.map((other) => other.service)];
  if (hasTwice(services))
    return { path: ["also"], message: "must not name a service twice, nor the service itself" };
  if (hasTwice([...services, "stats", ...more.map(({ name }) => name)]))
    return {
      path: ["listeners"],
      message: "must each have a name of its own, which is neither stats nor that of a service",
    };
  if (more.some(({ mode, to }) => mode === "http" && to !== undefined && !services.includes(to)))
    return {
      path: ["listeners"],
      message: "must have the service or one of also as to, where the mode is http",
    };
  if (certificates.length === 0 && (redirectPort !== undefined || more.some(({ tls: own }) => own)))
    return {
      path: ["tls"],
      message: "must have certificates where a listener has tls, or plain requests are redirected",
    };
  return undefined;
}

const hasTwice = (values: readonly unknown[]) => new Set(values).size < values.length;
