import { z } from "zod";
import { text, whole } from "./loose.ts";

/** Operators of Nomad that compare an attribute of a client with a value; set_contains is set_contains_all. */
export const comparisons = [
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "regexp",
  "version",
  "semver",
  "set_contains",
  "set_contains_all",
  "set_contains_any",
] as const;

const attributeError = "must be an attribute of clients, such as ${attr.kernel.name} or ${meta.rack}";

/** What Nomad knows of a client. In other text Nomad would find no attribute, and place nothing. */
const attribute = z
  .string({ error: attributeError })
  .regex(/^\$\{(?:attr|meta|node)\.[^\s${}]{1,200}\}$/, { error: attributeError })
  .brand<"Attribute">();

const value = text(512).pipe(z.string().min(1, { error: "must be a text to compare with" }));

/** An error that names what may stand in a key that tells the members of a union apart. */
export const oneOf = (key: string, allowed: readonly string[]) => ({
  error: ({ input }: { input?: unknown }) =>
    `must ${typeof input === "object" ? "be" : `have ${key},`} one of: ${allowed.join(", ")}`,
});

const comparison = z.enum(comparisons, { error: `must be one of: ${comparisons.join(", ")}` });

const constraint = z.discriminatedUnion(
  "operator",
  [
    z.strictObject({ operator: comparison, attribute, value }),
    z.strictObject({ operator: z.enum(["is_set", "is_not_set"]), attribute }),
    /** No two instances on one client. */
    z.strictObject({ operator: z.literal("distinct_hosts") }),
    z.strictObject({
      operator: z.literal("distinct_property"),
      attribute,
      /** Instances that may have a value of the attribute in common. */
      atMost: whole("a whole number of instances, at least 1", 1).default(1),
    }),
  ],
  oneOf("an operator", [...comparisons, "is_set", "is_not_set", "distinct_hosts", "distinct_property"]),
);

const affinityWeight = "a whole number from -100 to 100, other than 0";

const affinity = z.strictObject(
  {
    attribute,
    operator: comparison,
    value,
    /** How much, against other affinities and spreads; below 0 such clients are avoided. */
    weight: whole(affinityWeight, -100, 100)
      .refine((weight) => weight !== 0, { error: `must be ${affinityWeight}` })
      .default(50),
  },
  { error: "must have attribute, operator and value" },
);

const target = z.strictObject(
  { value, percent: whole("a whole number of percent, 0 to 100", 0, 100) },
  { error: "must have value and percent" },
);

const spread = z.strictObject(
  {
    attribute,
    /** How much, against affinities and other spreads. */
    weight: whole("a whole number from 1 to 100", 1, 100).default(50),
    /** Shares of the instances; evenly unless given. */
    targets: z
      .array(target, { error: "must be a list of values, each with percent" })
      .refine((targets) => new Set(targets.map((each) => each.value)).size === targets.length, {
        error: "must not have a value twice",
      })
      .refine((targets) => targets.reduce((sum, each) => sum + each.percent, 0) <= 100, {
        error: "must not be more than 100 percent together",
      })
      .default([]),
  },
  { error: "must have an attribute" },
);

const poolError =
  "must be a node pool other than all: 1 to 128 letters, digits, dashes and underscores, such as gpu";

const namespaceError = "must be a namespace of Nomad: 1 to 128 letters, digits and dashes, such as payments";

/** A Nomad namespace. */
export const nomadNamespace = text(128)
  .pipe(
    z
      .string()
      .regex(/^[A-Za-z0-9-]{1,128}$/, { error: namespaceError })
      .brand<"NomadNamespace">(),
  )
  .prefault("default");
export type NomadNamespace = z.infer<typeof nomadNamespace>;

/** Where Nomad may place instances, and who goes first where there is no room for all. */
export const placement = {
  /** Nomad's namespace, which has to be there. */
  namespace: nomadNamespace,
  /** Nomad's node pool; Nomad's default unless given. */
  nodePool: text(128)
    .pipe(
      z
        .string()
        // Jobs cannot be in the pool of all nodes.
        .regex(/^(?!all$)[A-Za-z0-9_-]+$/, { error: poolError })
        .brand<"NodePool">(),
    )
    .optional(),
  /** Nomad's priority, the higher the sooner; Nomad's default unless given. */
  priority: whole(
    "a whole number from 1 to 100, or to 32766 where Nomad's servers allow it",
    1,
    32_766,
  ).optional(),
  constraints: z.array(constraint, { error: "must be a list of constraints" }).default([]),
  affinities: z.array(affinity, { error: "must be a list of affinities" }).default([]),
  spreads: z.array(spread, { error: "must be a list of spreads" }).default([]),
};
export type Placement = z.infer<z.ZodObject<typeof placement>>;
