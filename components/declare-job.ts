import * as nomad from "@pulumi/nomad";
import type * as pulumi from "@pulumi/pulumi";
import type { Role } from "../settings/stacks.ts";
import { secretsPolicyOf } from "./job/secrets.ts";
import type { Workload } from "./job/workload.ts";

type Declared = Pick<Workload, "service" | "namespace" | "secrets" | "secretsPolicy">;

/** Declares the job of one role, and before it what it is allowed to read. */
export function declareJob(
  parent: pulumi.ComponentResource,
  name: string,
  role: Role,
  workload: Declared,
  job: Pick<nomad.JobArgs, "jobspec" | "preserveCounts">,
): void {
  const policy = workload.secretsPolicy ? secretsPolicyOf(workload, role) : undefined;
  const dependsOn = policy === undefined ? [] : [new nomad.AclPolicy(`${name}-secrets`, policy, { parent })];
  new nomad.Job(name, { ...job, json: true, detach: true, purgeOnDestroy: true }, { parent, dependsOn });
}
