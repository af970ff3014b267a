/** A PEM bundle of certificate, chain and private key: a file of HAProxy's client, or an item of a Nomad Variable. */
export type HaproxyCertificateArgs =
  | {
      /** Absolute path of the file. A change of it is noticed within a few seconds. */
      path: string;
    }
  | {
      /** Path of the Variable. HAProxy's job may read what is at `nomad/jobs/<service>-haproxy`, without a policy. */
      variable: string;
      /** Name of the item. */
      item: string;
    };

/** TLS, which the frontend speaks once there is a certificate. */
export interface HaproxyTlsArgs {
  /** The first one is for clients that ask for no name, or for another. Default: none. */
  certificates?: HaproxyCertificateArgs[] | undefined;
  /** The oldest version that is spoken. Default: `TLSv1.2`. */
  minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Whether clients may choose HTTP/2. Default: true. */
  http2?: boolean | undefined;
  /** Port on which plain requests are sent on to https. Default: none. */
  redirectPort?: number | undefined;
}

/** How long HAProxy waits, in seconds, 0.1 to 86400. */
export interface HaproxyTimeoutsArgs {
  /** For a server to take a connection. Default: 2. */
  connectSeconds?: number | undefined;
  /** For a client that has to send or to read. Default: 30. */
  clientSeconds?: number | undefined;
  /** For a server's answer. Default: 60. */
  serverSeconds?: number | undefined;
  /** For a server to be free. Default: 5. */
  queueSeconds?: number | undefined;
  /** For a whole request, without its body. Default: 10. */
  httpRequestSeconds?: number | undefined;
  /** For the next request on a connection. Default: 15. */
  keepAliveSeconds?: number | undefined;
  /** For either side of a connection that became a tunnel, such as a WebSocket. Default: 3600. */
  tunnelSeconds?: number | undefined;
  /** That a process which a reload has replaced may take to end its open requests. Default: 60. */
  hardStopSeconds?: number | undefined;
}

/** How much HAProxy takes on at the same time. */
export interface HaproxyLimitsArgs {
  /** Connections of clients, in all. Default: what the limit of open files allows. */
  connections?: number | undefined;
  /** Requests that one server works on. Default: no limit. */
  serverConnections?: number | undefined;
}

/** Single lines for sections of HAProxy's configuration. A line that HAProxy does not accept keeps it from starting. */
export interface HaproxyExtraArgs {
  /** For the section `global`. Default: none. */
  global?: string[] | undefined;
  /** For the section `defaults`. Default: none. */
  defaults?: string[] | undefined;
  /** For each frontend that takes requests, before its routes. Default: none. */
  frontend?: string[] | undefined;
  /** For each service's backend, after its servers. Default: none. */
  backend?: string[] | undefined;
}

/** A service of other stacks, known by host name, by path, or by both together. */
export interface HaproxyServiceArgs {
  /** Name of the service. */
  service: string;
  /** The pair of stacks whose traffic switch is obeyed. Default: that of the HAProxy. */
  environment?: string | undefined;
  /** Names that clients ask for; `*.example.com` is any name before `.example.com`. Default: none, any name. */
  hosts?: string[] | undefined;
  /** Paths under which its routes are: `/a` is `/a` and `/a/b`, not `/ab`. Default: none, any path. */
  paths?: string[] | undefined;
  /** Route that says whether an instance wants traffic. Default: `/status`. */
  statusPath?: string | undefined;
  /** Route with the counts, denied to the outside whichever service is asked. Default: `/api/errorAndRequestCount`. */
  counterPath?: string | undefined;
  /** Seconds between two looks at an instance's status route, 0.1 to 60. Default: 0.25. */
  checkIntervalSeconds?: number | undefined;
}

interface HaproxyPlaceArgs {
  /** Name of the frontend. */
  name: string;
  /** Address, "*" for all. Default: `127.0.0.1`. */
  bind?: string | undefined;
  /** Port. */
  port: number;
  /** Whether it speaks TLS, with HAProxy's certificates. Default: false. */
  tls?: boolean | undefined;
}

/** A further place on which HAProxy listens, for requests or for plain connections. */
export type HaproxyListenerArgs =
  | (HaproxyPlaceArgs & {
      mode: "http";
      /** The service, one of those behind this HAProxy, that gets all requests. Default: routed as elsewhere. */
      to?: string | undefined;
    })
  | (HaproxyPlaceArgs & {
      mode: "tcp";
      /** Name in Consul of what gets the connections. */
      to: string;
    });
