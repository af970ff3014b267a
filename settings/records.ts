import { z } from "zod";
import { SettingsError } from "./errors.ts";
import { verbs } from "./verbs.ts";
import { jobName, registeredName, release, urlPath, type ServiceName } from "./names.ts";
import { roles, type EnvironmentName, type Role } from "./stacks.ts";

/**
 * The keys in Consul. Everything under `declared` is written by Pulumi and by nobody else, everything under `run` by
 * the gate and by nobody else.
 */
export function keysOf(environment: EnvironmentName, service: ServiceName) {
  const root = `nary/${environment}/${service}`;
  return {
    /** Prefix of all that the gate writes. */
    run: `${root}/run/`,
    /** Prefix of all that both stacks write. */
    allDeclared: `${root}/declared/`,
    /** Prefix owned by one stack. */
    declared: (role: Role) => `${root}/declared/${role}/`,
    /** What the stack declares; a `Declared`. */
    declaredRecord: (role: Role) => `${root}/declared/${role}/${declaredKey}`,
    /** Held by the one gate that may act; its value says who that is. */
    lock: `${root}/run/lock`,
    /** What production runs; the record `promoted`. */
    promoted: `${root}/run/promoted`,
    /** A line that says whether and how canaries get traffic; missing means off. See `traffic.ts`. */
    traffic: `${root}/run/traffic`,
    /** What the gate is about to do, so that the next one can go on where it was killed. */
    journal: `${root}/run/journal`,
    /** What people ask of the gate that runs; written by them. */
    control: `${root}/run/control`,
    /** Where the gate that runs is, for people who look. */
    status: `${root}/run/status`,
    /** The newest release that waits to take the place of the one under way; written by who waits. */
    newest: `${root}/run/newest`,
    /** Prefix of past verdicts, one key each, sorted by time. */
    history: `${root}/run/history/`,
  } as const;
}

/** Prefix of the names of services, one key a Pulumi project. No service is called so, whose keys are beside it. */
export const serviceNamesOf = (environment: EnvironmentName) => `nary/${environment}/_projects/`;

/** Where production of a Pulumi project keeps the name of its service, written by Pulumi. */
export const serviceNameKey = (environment: EnvironmentName, project: string) =>
  `${serviceNamesOf(environment)}${project}`;

/** Prefix of the keys that say whose a service is, in a place that no environment is called. */
export const ownersOf = (service: ServiceName) => `nary/_services/${service}/`;

/** Where a role of a service keeps the environment that it is of, written by Pulumi. */
export const ownerKey = (service: ServiceName, role: Role) => `${ownersOf(service)}${role}`;

/** Name of the record under the `declared` prefix. */
export const declaredKey = "record";

const declared = z.object({
  version: z.literal(1),
  role: z.enum(roles),
  job: jobName,
  service: registeredName,
  release,
  count: z.int().min(1),
  counterPath: urlPath,
  /** The canaries' share as it is declared, so that Pulumi shows its changes; the gate goes by the settings. */
  share: z.string().optional(),
});
/** What a stack declares, as far as the gate needs to know it. */
export type Declared = z.infer<typeof declared>;

/** What production runs: written by the gate after a roll-out has held. */
const promoted = z.object({
  version: z.literal(1),
  release,
  /** What it ran before, where production can go back to it. */
  before: release.optional(),
  /** When the roll-out had held, ISO 8601. */
  at: z.iso.datetime(),
});

const deed = z.object({
  verb: z.enum(verbs),
  /** Who asked, such as ada@laptop. */
  by: z.string(),
  why: z.string().nullable(),
  /** When the gate heard it. */
  at: z.iso.datetime(),
});
/** Something that a person asked of a gate and it did. */
export type Deed = z.infer<typeof deed>;

export const past = z.object({
  version: z.literal(1),
  release,
  /** How it was released, where it was not behind a canary on a production that was well. */
  way: z.enum(["first", "fix-forward", "bypass", "rollback"]).optional(),
  /** Who released it, as user@host. */
  by: z.string().optional(),
  /** Why it was released in this way, in the words of whoever did. */
  reason: z.string().optional(),
  verdict: z.enum(["promote", "reject", "inconclusive"]),
  /** Why, in one sentence. */
  why: z.string(),
  /** Requests that the gate watched. */
  requests: z.number(),
  /** Errors that it saw. */
  errors: z.number(),
  seconds: z.number(),
  /** What was decided, in full: the rule, what it proves, and what it rests on. Missing where nothing was watched. */
  decision: z
    .looseObject({
      rule: z.string(),
      proves: z.array(z.looseObject({ type: z.string() })),
      evidence: z.looseObject({}),
    })
    .optional(),
  /** What people asked of its gate and it did, in this order. */
  people: z.array(deed).optional(),
  at: z.iso.datetime(),
});
/** One release that came to an end. */
export type Past = z.infer<typeof past>;

/** A record as text in Consul, and back. */
export function codec<Schema extends z.ZodType>(name: string, schema: Schema) {
  return {
    encode: (value: z.output<Schema>) => JSON.stringify(value),
    /** @throws SettingsError naming the key when the text is not such a record */
    decode: (key: string, text: string): z.output<Schema> => {
      const parsed = schema.safeParse(json(text));
      if (parsed.success) return parsed.data;
      throw new SettingsError(
        `The key ${key} in Consul does not hold the record ${name}: ${z.prettifyError(parsed.error)}`,
        { cause: parsed.error },
      );
    },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const declaredRecord = codec("declared", declared);
export const promotedRecord = codec("promoted", promoted);
export const pastRecord = codec("history", past);
