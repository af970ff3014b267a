interface CheckArgs {
  /** Name, other than `liveness` and `routing`, which each instance has. */
  name: string;
  /** Seconds between two checks, 1 to 3600. Default: 10. */
  intervalSeconds?: number | undefined;
  /** Seconds after which an answer is given up, 1 to 3600. Default: 2. */
  timeoutSeconds?: number | undefined;
  /**
   * What a roll-out, and the start of canaries, makes of it: wait until it passes, take a warning for a pass (429 of
   * http, exit status 1 of a script), or go on whatever it says. Afterwards HAProxy sends an instance nothing while one
   * of its checks fails, and Nomad never replaces it for that. Default: `require_healthy`.
   */
  onUpdate?: "require_healthy" | "ignore_warnings" | "ignore" | undefined;
  /** Failures in a row, beyond the first, until Consul takes the instance for unhealthy. Default: 0. */
  failuresBeforeCritical?: number | undefined;
  /** Successes in a row, beyond the first, until Consul takes the instance for healthy. Default: 0. */
  successBeforePassing?: number | undefined;
}

interface PortCheckArgs extends CheckArgs {
  /** Label of the port that is asked. Default: the service's own. */
  port?: string | undefined;
}

/** A health check of each instance, done by Consul. */
export type HealthCheckArgs =
  | (PortCheckArgs & {
      /** Passes by a status of 2xx. */
      type: "http";
      path: string;
      /** Default: `GET`. */
      method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | undefined;
      /** No place for secrets. Default: none. */
      headers?: Record<string, string> | undefined;
      /** Default: none. */
      body?: string | undefined;
      /** Default: `http`. */
      protocol?: "http" | "https" | undefined;
      /** Whether any certificate will do. Default: false. */
      tlsSkipVerify?: boolean | undefined;
    })
  | (PortCheckArgs & {
      /** Passes when a connection is accepted. */
      type: "tcp";
    })
  | (PortCheckArgs & {
      /** Passes by gRPC's own health protocol. */
      type: "grpc";
      /** The service that is asked for. Default: the whole server. */
      service?: string | undefined;
      /** Default: false. */
      tls?: boolean | undefined;
      /** Whether any certificate will do. Default: false. */
      tlsSkipVerify?: boolean | undefined;
    })
  | (CheckArgs & {
      /** Passes by the exit status 0; 1 is a warning, all else a failure. */
      type: "script";
      /** A program inside the task, by its path there. */
      command: string;
      /** Arguments of the command. Default: none. */
      args?: string[] | undefined;
      /** Name of the sidecar in which it runs. Default: the task of the release. */
      sidecar?: string | undefined;
    });

/** How an instance is reached, and how Consul knows that it is well. */
export interface HealthArgs {
  /** Label of the port on which the service answers; the number is in the environment as PORT. Default: `http`. */
  port?: string | undefined;
  /**
   * Further ports of each instance by label, with NOMAD_PORT_label in the environment; and options of the port on which
   * the service answers, under its own label. Default: none.
   *
   * @example
   * ports: { http: { to: 8080 }, metrics: {} }
   */
  ports?:
    | Record<
        string,
        {
          /** Port inside the container. Default: the number that Nomad chose. */
          to?: number | undefined;
          /**
           * Port on the client, 1 to 65535, of which each client can have one instance only, canaries included. Default:
           * chosen by Nomad.
           */
          static?: number | undefined;
        }
      >
    | undefined;
  /** Health checks beside liveness (tcp) and routing (the status route). Default: none. */
  checks?: HealthCheckArgs[] | undefined;
}
