import * as nomad from "@pulumi/nomad";
import type * as pulumi from "@pulumi/pulumi";

/** Declares the job of one role, and before it what it is allowed to read. */
export function declareJob(
  parent: pulumi.ComponentResource,
  name: string,
  job: Pick<nomad.JobArgs, "jobspec" | "preserveCounts">,
  policy?: nomad.AclPolicyArgs,
): void {
  const dependsOn = policy === undefined ? [] : [new nomad.AclPolicy(`${name}-secrets`, policy, { parent })];
  new nomad.Job(name, { ...job, json: true, detach: true, purgeOnDestroy: true }, { parent, dependsOn });
}
