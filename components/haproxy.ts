import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { checkArgs } from "./check-args.ts";
import { counterRouteDenied } from "../rules/counter-route-denied.ts";
import type { RuleName } from "../settings/rules.ts";
import { renderConfiguration } from "./haproxy/configuration.ts";
import { description, sourcesOf, upstreamsOf } from "./haproxy/description.ts";
import type {
  HaproxyExtraArgs,
  HaproxyLimitsArgs,
  HaproxyListenerArgs,
  HaproxyServiceArgs,
  HaproxyTimeoutsArgs,
  HaproxyTlsArgs,
} from "./haproxy/front-args.ts";
import { renderHaproxyJob, type Placed } from "./haproxy/job.ts";
import { keepRules } from "./keep-rules.ts";
import type { ConstraintArgs, PlacementArgs } from "./job/placement-args.ts";

export interface HaproxyArgs {
  /** The pair of stacks whose traffic switch is obeyed. */
  environment: string;
  /** Name of the service. Its instances get the traffic, and while the switch is on those of `<service>-canary` and `<service>-twin` too. */
  service: string;
  /** Address that the frontend listens on, "*" for all. Default: `127.0.0.1`. */
  bind?: string | undefined;
  /** Port that the frontend listens on. */
  port: number;
  /** Port of stats page (`/`), Prometheus exporter (`/metrics`), and the counts that the gate asks for. */
  statsPort: number;
  /** Address that these listen on. A gate on another machine needs one that it reaches. Default: `127.0.0.1`. */
  statsBind?: string | undefined;
  /** The haproxy binary on the clients. Default: `haproxy`, from PATH. */
  command?: string | undefined;
  /** MHz for HAProxy. Default: 500. */
  cpu?: number | undefined;
  /** MiB for HAProxy. Default: 256. */
  memory?: number | undefined;
  /** Route that says whether an instance wants traffic. Default: `/status`. */
  statusPath?: string | undefined;
  /** Seconds between two looks at an instance's status route, 0.1 to 60. Default: 0.25. */
  checkIntervalSeconds?: number | undefined;
  /** Route with the counts, which is denied to the outside. Default: `/api/errorAndRequestCount`. */
  counterPath?: string | undefined;
  /** TLS of the frontend. Default: none, plain HTTP. */
  tls?: HaproxyTlsArgs | undefined;
  /** How long HAProxy waits. */
  timeouts?: HaproxyTimeoutsArgs | undefined;
  /** How much HAProxy takes on at the same time; more has to wait. */
  limits?: HaproxyLimitsArgs | undefined;
  /** Whether each request is a line of JSON on the task's stdout. Default: false. */
  accessLog?: boolean | undefined;
  /** Routes that are denied to the outside, beside those with the counts. Default: none. */
  internalPaths?: string[] | undefined;
  /** HTML for clients while no server is up, at most 8192 bytes. Default: a plain sentence. */
  unavailablePage?: string | undefined;
  /** Lines of HAProxy's own language, for what has no argument here. */
  extra?: HaproxyExtraArgs | undefined;
  /** Services of other stacks behind this HAProxy; the first that takes a request gets it. Default: none. */
  also?: HaproxyServiceArgs[] | undefined;
  /** Further places on which HAProxy listens. Default: none. */
  listeners?: HaproxyListenerArgs[] | undefined;
  /**
   * Header and cookie by which a request says which side it wants, `canary`, `twin` or `stable`. Whoever reaches the frontend
   * may send them. Default: none.
   */
  force?: { header?: string | undefined; cookie?: string | undefined } | undefined;
  /** Cookie by which a client stays on the side that answered it first, for so many seconds or until its browser is closed. Default: none. */
  sticky?: { cookie: string; seconds?: number | undefined } | undefined;
  /** Whether, while there are canaries, another server is asked when one answers GET or HEAD with a server error. Default: true. */
  shield?: boolean | undefined;
  /** Seconds in which a server that was down comes back to its full share, 0 to 3600. Default: 0, at once. */
  slowStartSeconds?: number | undefined;
  /** Nomad datacenters in which HAProxy may be placed. Default: `["*"]`, all. */
  datacenters?: string[] | undefined;
  /** Rules of releases (docs/rules.md) that do not count, by name, each with the reason. Default: none. */
  except?: Partial<Record<RuleName, string>> | undefined;
  /** Where HAProxy runs. Default: `{ type: "service" }`, a Nomad job on one client. */
  placement?: HaproxyPlacementArgs | undefined;
}

/** Where HAProxy runs. Its ports have to be free there. */
export type HaproxyPlacementArgs =
  | (PlacementArgs & {
      /** A Nomad job on some of the clients. */
      type: "service";
      /** Number of clients, 1 to 1000. Default: 1. */
      count?: number | undefined;
    })
  | {
      /** A Nomad job on each of the clients. */
      type: "system";
      /** Nomad datacenters in which HAProxy is placed. Default: those of the component. */
      datacenters?: string[] | undefined;
      /** Nomad's namespace, which has to be there. Default: `default`. */
      namespace?: string | undefined;
      /** Nomad's node pool. Default: Nomad's own, mostly `default`. */
      nodePool?: string | undefined;
      /** Nomad's priority, 1 to 100 unless its servers allow more. Default: Nomad's own, mostly 50. */
      priority?: number | undefined;
      /** What a client must have to be given a HAProxy. Default: nothing. */
      constraints?: ConstraintArgs[] | undefined;
    }
  /** No Nomad job: hosts run consul-template themselves, with what `nary haproxy-template` writes. */
  | { type: "published" };

/**
 * The HAProxy in front of a service and its canaries: the Nomad job `<service>-haproxy`, unless it is
 * published for hosts that run consul-template themselves.
 *
 * @example
 * import { Haproxy } from "nary";
 *
 * const haproxy = new Haproxy("api-haproxy", {
 *   environment: "default",
 *   service: "api",
 *   bind: "*",
 *   port: 8080,
 *   statsPort: 8404,
 * });
 *
 * export const address = haproxy.address;
 *
 * @creates
 * one `nomad.Job`, which runs HAProxy on a client and keeps its configuration as Consul has the instances.
 *
 * @destroy
 * stops HAProxy and purges its job: the port is closed, whatever runs behind it.
 */
export class Haproxy extends pulumi.ComponentResource {
  /** Name of the Nomad job; undefined when HAProxy is published. */
  readonly job: pulumi.Output<string | undefined>;
  /** Where the frontend listens, as address and port. */
  readonly address: pulumi.Output<string>;
  /** Where stats page and exporter are, on HAProxy's own machine. */
  readonly statsAddress: pulumi.Output<string>;

  constructor(name: string, args: HaproxyArgs, options?: pulumi.ComponentResourceOptions) {
    super("nary:components:Haproxy", name, {}, options);
    const haproxy = checkArgs("Haproxy", description, args);
    const counterPaths = upstreamsOf(haproxy).map(({ counterPath }) => counterPath);
    const violations = counterRouteDenied(renderConfiguration(haproxy), counterPaths);
    keepRules("Haproxy", this, violations, haproxy.except);
    const { placement, ...rest } = haproxy;
    switch (placement.type) {
      case "service":
      case "system":
        this.#place(name, { ...rest, placement });
        this.job = pulumi.output(sourcesOf(haproxy).job);
        break;
      case "published":
        this.job = pulumi.output(undefined);
    }
    this.address = pulumi.output(`${haproxy.bind}:${haproxy.port}`);
    this.statsAddress = pulumi.output(`${haproxy.statsBind}:${haproxy.statsPort}`);
    this.registerOutputs({ job: this.job, address: this.address, statsAddress: this.statsAddress });
  }

  #place(name: string, haproxy: Placed): void {
    const jobspec = JSON.stringify(renderHaproxyJob(haproxy));
    new nomad.Job(name, { jobspec, json: true, detach: true, purgeOnDestroy: true }, { parent: this });
  }
}
