import { createHash } from "node:crypto";
import type { Role } from "../../settings/stacks.ts";
import type { Template } from "./nomad.ts";
import { namesOf, type Workload } from "./workload.ts";

type Kept = Pick<Workload, "service" | "secrets">;

/** Both roles read the same unless another path is given. */
const pathOf = ({ service }: Kept, path: string | undefined) => path ?? `nomad/jobs/${service}`;

/**
 * What makes variables of the environment of the secrets. A task waits for a path that is not there, and fails where the
 * item is not. It is not restarted when a secret changes: that would take its counts with it, and all instances at once.
 */
export function renderSecrets(workload: Kept): Template[] {
  const entries = Object.entries(workload.secrets);
  if (entries.length === 0) return [];
  const lines = entries.map(
    ([name, { path, item }]) =>
      `{{ with nomadVar "${pathOf(workload, path)}" }}${name}={{ .${item}.Value | toJSON }}{{ end }}`,
  );
  return [
    {
      EmbeddedTmpl: `${lines.join("\n")}\n`,
      DestPath: "secrets/nary.env",
      Perms: "0400",
      Envvars: true,
      ErrMissingKey: true,
      ChangeMode: "noop",
    },
  ];
}

/** Paths that a job may not read by being called as it is, which Nomad allows for those named after it. */
function pathsToAllow(workload: Kept, role: Role): string[] {
  const { job, group, task } = namesOf(workload.service, role);
  const own = [
    "nomad/jobs",
    `nomad/jobs/${job}`,
    `nomad/jobs/${job}/${group}`,
    `nomad/jobs/${job}/${group}/${task}`,
  ];
  const paths = Object.values(workload.secrets).map(({ path }) => pathOf(workload, path));
  return [...new Set(paths)].filter((path) => !own.includes(path)).sort();
}

/** The ACL policy by which a job reads its secrets; undefined where it needs none. */
export function secretsPolicyOf(workload: Kept & Pick<Workload, "namespace">, role: Role) {
  const paths = pathsToAllow(workload, role);
  if (paths.length === 0) return undefined;
  const { job, group, task } = namesOf(workload.service, role);
  const { namespace } = workload;
  // Policies are the whole cluster's, and their names are short: jobs of the same name in two namespaces stay apart.
  const hash = createHash("sha256").update(`${namespace}/${job}`).digest("hex").slice(0, 8);
  const rules = paths.map((path) => `    path "${path}" { capabilities = ["read"] }`).join("\n");
  return {
    name: `nary-${job}-${hash}`,
    description: `The job ${job} in ${namespace} reads its secrets`,
    rulesHcl: `namespace "${namespace}" {\n  variables {\n${rules}\n  }\n}\n`,
    jobAcl: { namespace, jobId: job, group, task },
  };
}
