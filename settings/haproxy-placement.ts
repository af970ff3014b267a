import { z } from "zod";
import { whole } from "./loose.ts";
import { oneOf, placement } from "./placement.ts";
import { workload } from "./workload.ts";

/** What Nomad is told of the clients for either type of job. */
const clients = {
  /** Nomad datacenters; those of the service unless given. */
  datacenters: workload.datacenters.unwrap().optional(),
  namespace: placement.namespace,
  nodePool: placement.nodePool,
  priority: placement.priority,
  constraints: placement.constraints,
};

/** Types are Nomad's own, but for the one that is no job. */
const haproxyPlacements = ["service", "system", "published"] as const;

/** Where HAProxy runs. */
export const haproxyPlacement = {
  placement: z
    .discriminatedUnion(
      "type",
      [
        z.strictObject({
          type: z.literal("service"),
          /** Clients with a HAProxy: its ports are there once on each. */
          count: whole("a whole number of clients, at least 1 and at most 1000", 1, 1000).default(1),
          ...clients,
          affinities: placement.affinities,
          spreads: placement.spreads,
        }),
        /** One on each client. */
        z.strictObject({ type: z.literal("system"), ...clients }),
        /** None of Nomad: hosts run consul-template themselves, with what `nary haproxy-template` gives them. */
        z.strictObject({ type: z.literal("published") }),
      ],
      oneOf("a type", haproxyPlacements),
    )
    .prefault({ type: "service" }),
};
export type HaproxyPlacement = z.output<typeof haproxyPlacement.placement>;
