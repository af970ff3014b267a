import { z } from "zod";
import { consulName, hostAddress } from "./consul-names.ts";
import { fromText, number } from "./loose.ts";
import { portNumber, urlPath } from "./names.ts";
import { registration } from "./registration.ts";

const seconds = (allowed: string, least: number) => number(allowed, least, 86_400);

const times = {
  /** Seconds between two checks. */
  intervalSeconds: seconds("a number of seconds, 1 to 86400", 1).default(10),
  /** Seconds after which an answer is given up. */
  timeoutSeconds: seconds("a number of seconds, 0.1 to 86400", 0.1).default(2),
};

const types = ["http", "tcp"] as const;

const check = z.discriminatedUnion(
  "type",
  [
    z.strictObject({
      type: z.literal("http"),
      /** Route that answers 2xx while all is well. */
      path: urlPath.default(urlPath.parse("/")),
      ...times,
    }),
    z.strictObject({ type: z.literal("tcp"), ...times }),
  ],
  {
    error: ({ input }) =>
      `must ${typeof input === "object" ? "be" : "have a type,"} one of: ${types.join(", ")}`,
  },
);
export type ExternalCheck = z.infer<typeof check>;

const service = z.strictObject(
  {
    name: consulName,
    /** Node of the catalog on which it is; one of its own name unless given. */
    node: consulName.optional(),
    address: hostAddress,
    port: fromText(portNumber),
    meta: registration.meta,
    tags: registration.tags,
    checks: z.array(check, { error: "must be a list of checks" }).default([]),
  },
  { error: "must have name, address and port" },
);
export type ExternalService = z.infer<typeof service>;

/** The node that a service is on. */
export const nodeOf = ({ name, node = name }: ExternalService) => node;

/** Services outside Nomad, on nodes that run no agent of Consul. */
export const external = z
  .array(service, { error: "must be a list of services outside" })
  .refine((all) => apart(all.map((each) => `${nodeOf(each)}/${each.name}`)), {
    error: "must not have a name twice on one node",
  })
  .refine((all) => apart([...new Set(all.map((each) => `${nodeOf(each)}/${each.address}`))].map(nodeIn)), {
    error: "must not have two addresses for one node",
  })
  .default([]);

const nodeIn = (pair: string) => pair.split("/")[0];
const apart = (names: readonly unknown[]) => new Set(names).size === names.length;
