import { z } from "zod";
import type { NomadNamespace } from "../../settings/placement.ts";
import type { volumes } from "../job/volumes.ts";

/** One right in Nomad, in the namespace of the jobs. */
export type NomadRight =
  | { resource: "namespace"; capability: "list-jobs" | "read-job" | "submit-job" | "read-logs" }
  | { resource: "variables"; name: string; capability: "read" | "write" | "destroy" }
  | { resource: "host_volume"; name: string; policy: "read" | "write" };

const pathError = "must be paths of Nomad Variables: letters, digits and - _ ~ /, 128 characters at most";

const path = z
  .string({ error: pathError })
  .regex(/^[A-Za-z0-9_~/-]{1,128}$/, { error: pathError })
  .brand<"VariablePath">();
export const variables = z.array(path, { error: pathError }).default([]);

type Declares = { variables: z.infer<typeof variables>; volumes: z.infer<typeof volumes> };

/** To watch a release: the gate's reads. */
export function nomadWatch(): NomadRight[] {
  return [
    { resource: "namespace", capability: "list-jobs" },
    { resource: "namespace", capability: "read-job" },
  ];
}

/** To act on it: what both stacks declare, and the removal of what they left. */
export function nomadAct(declares: Declares): NomadRight[] {
  const capabilities = ["read", "write", "destroy"] as const;
  return [
    { resource: "namespace", capability: "submit-job" },
    // The ends of the tasks' logs are kept before a canary goes.
    { resource: "namespace", capability: "read-logs" },
    ...declares.variables.flatMap((name) =>
      capabilities.map((capability): NomadRight => ({ resource: "variables", name, capability })),
    ),
    ...declares.volumes.map(({ source, readOnly }): NomadRight => ({
      resource: "host_volume",
      name: source,
      policy: readOnly ? "read" : "write",
    })),
  ];
}

/** The rights as rules of a policy. */
export function renderNomadRules(name: NomadNamespace, rights: readonly NomadRight[]): string {
  const capabilities: string[] = [];
  const paths = new Map<string, string[]>();
  const hosts: string[] = [];
  for (const right of rights) {
    switch (right.resource) {
      case "namespace":
        capabilities.push(right.capability);
        break;
      case "variables":
        paths.set(right.name, [...(paths.get(right.name) ?? []), right.capability]);
        break;
      case "host_volume":
        hosts.push(`host_volume "${right.name}" { policy = "${right.policy}" }\n`);
        break;
    }
  }
  const variableRules = [...paths].map(
    ([each, allowed]) => `    path "${each}" { capabilities = ${list(allowed)} }\n`,
  );
  return [
    `namespace "${name}" {\n  capabilities = ${list(capabilities)}\n`,
    ...(variableRules.length === 0 ? [] : ["  variables {\n", ...variableRules, "  }\n"]),
    "}\n",
    ...hosts,
  ].join("");
}

const list = (words: readonly string[]) => `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
