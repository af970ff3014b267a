/** A config entry of Consul, for the service and, under its own name, for its canary. */
export type ConfigEntryArgs =
  | {
      kind: "service-defaults";
      /** What the service speaks. Default: Consul's own, mostly `tcp`. */
      protocol?: "tcp" | "http" | "http2" | "grpc" | undefined;
      /** Connections that each sidecar takes at the same time, at least 1. Default: no limit. */
      maxInboundConnections?: number | undefined;
      /** Whether a sidecar shares connections out evenly among its threads. Default: false. */
      balanceInboundConnections?: boolean | undefined;
      /** Seconds for a connection from a sidecar to its instance. Default: Consul's own, 5. */
      localConnectTimeoutSeconds?: number | undefined;
      /** Seconds for a request from a sidecar to its instance. Default: no limit. */
      localRequestTimeoutSeconds?: number | undefined;
      /** What Consul keeps with it, by name. Default: none. */
      meta?: Record<string, string> | undefined;
    }
  | {
      kind: "service-intentions";
      /** Services that may connect, `*` for all. Default: none. */
      allow?: string[] | undefined;
      /** Services that may not; a name goes before `*`. Default: none. */
      deny?: string[] | undefined;
      /** What Consul keeps with it, by name. Default: none. */
      meta?: Record<string, string> | undefined;
    };

/** Times of a check. */
export interface CheckTimes {
  /** Seconds between two checks, at least 1. Default: 10. */
  intervalSeconds?: number | undefined;
  /** Seconds after which an answer is given up, at least 0.1. Default: 2. */
  timeoutSeconds?: number | undefined;
}

/** A service outside Nomad, such as a database, on a node that runs no agent of Consul. */
export interface ExternalArgs {
  /** Its name in Consul. */
  name: string;
  /** Node of the catalog on which it is. Several services may share one. Default: the service's name. */
  node?: string | undefined;
  /** Where it is: an IP address or a host's name. */
  address: string;
  /** The port on which it answers. */
  port: number;
  /** What Consul keeps with it, by name. Default: none. */
  meta?: Record<string, string> | undefined;
  /** Tags. Default: none. */
  tags?: string[] | undefined;
  /**
   * How consul-esm checks it; without consul-esm a service with checks never passes. HTTP is plain, at the service's own
   * address. Default: none, which always passes.
   */
  checks?:
    | (
        | ({
            type: "http";
            /** Route that answers 2xx while all is well. Default: `/`. */
            path?: string | undefined;
          } & CheckTimes)
        | ({ type: "tcp" } & CheckTimes)
      )[]
    | undefined;
}
