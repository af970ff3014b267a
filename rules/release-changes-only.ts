import type { Violation } from "./violation.ts";

/** What Pulumi would do with one resource. */
export type Step = {
  /** Such as create, update, replace, delete, same. */
  op: string;
  /** Pulumi's type token, such as `nomad:index/job:Job`. */
  type: string;
  /** The resource's name in the program. */
  name: string;
};

/** What a release changes in production: the service's job, and the record of what is declared. */
const releaseTypes: ReadonlySet<string> = new Set([
  "nomad:index/job:Job",
  "consul:index/keyPrefix:KeyPrefix",
]);

/** Steps that change nothing in the cluster. */
const still: ReadonlySet<string> = new Set(["same", "read", "refresh", "import", "read-discard", "discard"]);

/**
 * A promotion brings the release to production and nothing else that has piled up in the program since.
 *
 * @param mends - whether the release may be what brings a production back that somebody took away
 */
export function releaseChangesOnly(
  steps: readonly Step[],
  service: string,
  allowed: readonly string[] = [],
  mends = false,
): Violation[] {
  const isOfRelease = ({ op, type, name }: Step) =>
    (op === "update" || (mends && op === "create")) && name === service && releaseTypes.has(type);
  const others = steps.filter(
    (step) =>
      !still.has(step.op) &&
      !step.type.startsWith("nary:") &&
      !step.type.startsWith("pulumi:") &&
      !isOfRelease(step) &&
      !allowed.includes(step.name),
  );
  if (others.length === 0) return [];
  const list = others.map(({ op, name, type }) => `${op} ${name} (${type})`).join(", ");
  return [
    {
      rule: "release-changes-only",
      what: `the promotion would change more in production than the release: ${list}`,
      mend: "bring these changes up before the release with `pulumi up`, or allow them by name in nary:gate.allowedChanges",
    },
  ];
}
