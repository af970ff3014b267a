import type { comparisons } from "../../settings/placement.ts";

/** Nomad's operator between an attribute of a client and a value. */
export type Comparison = (typeof comparisons)[number];

/** What a client must have. An attribute is written as in Nomad, such as `${attr.kernel.name}` or `${meta.rack}`. */
export type ConstraintArgs =
  | { operator: Comparison; attribute: string; value: string }
  | { operator: "is_set" | "is_not_set"; attribute: string }
  /** No two instances on one client. */
  | { operator: "distinct_hosts" }
  | {
      operator: "distinct_property";
      attribute: string;
      /** Instances that may have a value of the attribute in common. Default: 1. */
      atMost?: number | undefined;
    };

/** What a client should have. */
export interface AffinityArgs {
  /** As in Nomad, such as `${attr.kernel.name}` or `${meta.rack}`. */
  attribute: string;
  operator: Comparison;
  value: string;
  /** How much, against other affinities and spreads; below 0 such clients are avoided. -100 to 100. Default: 50. */
  weight?: number | undefined;
}

/** Over which clients instances are spread. */
export interface SpreadArgs {
  /** As in Nomad, such as `${node.datacenter}` or `${meta.rack}`. */
  attribute: string;
  /** How much, against affinities and other spreads. 1 to 100. Default: 50. */
  weight?: number | undefined;
  /** Shares of the instances for values of the attribute, in percent. Default: the same for each value. */
  targets?: { value: string; percent: number }[] | undefined;
}

/** Where Nomad may place instances, and who goes first where there is no room for all. */
export interface PlacementArgs {
  /** Nomad datacenters in which instances may be placed. Default: `["*"]`, all. */
  datacenters?: string[] | undefined;
  /**
   * Nomad's namespace, which has to be there; the gate looks for the job in it. Default: `default`, whatever
   * NOMAD_NAMESPACE says.
   */
  namespace?: string | undefined;
  /** Nomad's node pool in which instances may be placed. Default: Nomad's own, mostly `default`. */
  nodePool?: string | undefined;
  /** Nomad's priority, 1 to 100 unless its servers allow more; the higher the sooner. Default: Nomad's own, mostly 50. */
  priority?: number | undefined;
  /** What a client must have to be given an instance. Default: nothing. */
  constraints?: ConstraintArgs[] | undefined;
  /** What a client should have to be given an instance. Default: nothing. */
  affinities?: AffinityArgs[] | undefined;
  /** Over which clients instances are spread. Default: as Nomad's scheduler likes. */
  spreads?: SpreadArgs[] | undefined;
}
