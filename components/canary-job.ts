import * as pulumi from "@pulumi/pulumi";
import { fits } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import { declareJob } from "./declare-job.ts";
import { scriptsFit } from "./job/checks.ts";
import { canaryWorkload, renderCanaryJob } from "./job/canary.ts";
import { transform, transformed } from "./job/transform.ts";
import { canMount, cannotMount } from "./job/volumes.ts";
import { namesOf } from "./job/workload.ts";
import { ruled } from "./keep-rules.ts";
import { releaseInput, withRelease, type WorkloadArgs } from "./workload-args.ts";

export interface CanaryJobArgs extends WorkloadArgs {
  /** Seconds that the canaries may take to be up. Default: 300. */
  startSeconds?: number | undefined;
}

const schema = canaryWorkload
  .extend({ release: releaseInput, transform })
  .refine(canMount, cannotMount)
  .superRefine(fits)
  .superRefine(scriptsFit);

/**
 * The canaries of a service: the Nomad job `<service>-canary`, registered in Consul under the same name. An instance
 * that dies is not started again.
 */
export class CanaryJob extends pulumi.ComponentResource {
  /** Name of the Nomad job. */
  readonly job: pulumi.Output<string>;

  constructor(name: string, args: CanaryJobArgs, options?: pulumi.ComponentResourceOptions) {
    super("nary:components:CanaryJob", name, {}, options);
    const canary = checkArgs("CanaryJob", schema, args);
    declareJob(this, name, "canary", canary, {
      jobspec: withRelease("CanaryJob", canary.release, (release) =>
        JSON.stringify(
          ruled(
            "CanaryJob",
            this,
            "canary",
            transformed("CanaryJob", renderCanaryJob({ ...canary, release }), canary.transform),
            canary,
          ),
        ),
      ),
    });
    this.job = pulumi.output(namesOf(canary.service, "canary").job);
    this.registerOutputs({ job: this.job });
  }
}
