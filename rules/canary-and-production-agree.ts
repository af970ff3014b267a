import { isDeepStrictEqual } from "node:util";
import type { Violation } from "./violation.ts";

/** A role's job as it was rendered, with the names that the role gives. */
export type Rendered = { job: unknown; base: string; release: string };

/** Where the two roles differ by design: how many, which role, and what becomes of the dead. */
const byRole = [
  /^Meta\.nary_(?:role|release)$/,
  /^Update(?:\.|$)/,
  /^TaskGroups\[\d+\]\.(?:Count|RestartPolicy|ReschedulePolicy|Update|Scaling)(?:\.|$)/,
  /^TaskGroups\[\d+\]\.Services\[\d+\]\.Checks\[\d+\]\.OnUpdate$/,
  /^TaskGroups\[\d+\]\.Tasks\[\d+\]\.(?:RestartPolicy(?:\.|$)|Env\.NARY_ROLE$)/,
];

const shown = 5;

/** What was watched is what is promoted: the two jobs are the same but for name, count and release. */
export function canaryAndProductionAgree(canary: Rendered, production: Rendered): Violation[] {
  const paths = differences("", asOf(production, canary), asOf(production, production)).filter(
    (path) => !byRole.some((pattern) => pattern.test(path)),
  );
  if (paths.length === 0) return [];
  const more = paths.length > shown ? ` and ${paths.length - shown} more` : "";
  return [
    {
      rule: "canary-and-production-agree",
      what: `the jobs ${canary.base} and ${production.base} differ in ${paths.slice(0, shown).join(", ")}${more}`,
      mend: "set the same in both stacks, then bring the canary up again",
    },
  ];
}

/** A job with the names and the release of another role in place of its own. */
function asOf(other: Rendered, { job, base, release }: Rendered): unknown {
  const own = new Map([
    [base, other.base],
    [`${base}-group`, `${other.base}-group`],
    [`${base}-task`, `${other.base}-task`],
    [release, other.release],
  ]);
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return own.get(value) ?? value;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(job);
}

function differences(path: string, left: unknown, right: unknown): string[] {
  if (isDeepStrictEqual(left, right)) return [];
  if (Array.isArray(left) && Array.isArray(right)) {
    const length = Math.max(left.length, right.length);
    return Array.from({ length }, (_, index) =>
      differences(`${path}[${index}]`, left[index], right[index]),
    ).flat();
  }
  if (!isObject(left) || !isObject(right)) return [path];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differences(path === "" ? key : `${path}.${key}`, Reflect.get(left, key), Reflect.get(right, key)),
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
