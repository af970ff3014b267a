import * as pulumi from "@pulumi/pulumi";
import { fits } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import { declareJob } from "./declare-job.ts";
import { scriptsFit } from "./job/checks.ts";
import { canaryWorkload, renderCanaryJob, watchedRole } from "./job/canary.ts";
import { secretsPolicyOf } from "./job/secrets.ts";
import { transform, transformed } from "./job/transform.ts";
import { canMount, cannotMount } from "./job/volumes.ts";
import { namesOf } from "./job/workload.ts";
import { jobFromFile, jobspecWorkload, type JobspecArgs } from "./jobspec-args.ts";
import { ruled } from "./keep-rules.ts";
import { releaseInput, withRelease, type WorkloadArgs } from "./workload-args.ts";

export interface CanaryJobArgs extends WorkloadArgs, WatchedArgs {
  /** Seconds that the canaries may take to be up. Default: 300. */
  startSeconds?: number | undefined;
}

export interface WatchedArgs {
  /**
   * What the instances are: `canary`, or `twin`, which is the release that production runs, started afresh beside the
   * canaries to be compared with them: the Nomad job `<service>-twin`. Default: `canary`.
   */
  role?: "canary" | "twin" | undefined;
}

const schema = canaryWorkload
  .extend({ release: releaseInput, transform })
  .refine(canMount, cannotMount)
  .superRefine(fits)
  .superRefine(scriptsFit);

/**
 * The canaries of a service: the Nomad job `<service>-canary`, registered in Consul under the same name. An instance
 * that dies is not started again. With the role `twin` they are the other side that canaries are compared with (docs/twin.md).
 *
 * @example
 * import { CanaryJob } from "nary";
 *
 * new CanaryJob("api-canary", {
 *   environment: "default",
 *   service: "api",
 *   release: "registry.example/api@sha256:…",
 *   count: 8,
 *   task: { driver: "docker" },
 * });
 *
 * @creates
 * one `nomad.Job`, `<service>-canary`. Its instances get traffic only while a gate watches them.
 *
 * @destroy
 * stops the canaries and purges their job; production stays as it is. `nary reject` does the same, and then proves
 * that job, instances and traffic are gone.
 */
export class CanaryJob extends pulumi.ComponentResource {
  /** Name of the Nomad job. */
  readonly job: pulumi.Output<string>;

  constructor(
    name: string,
    args: CanaryJobArgs | (JobspecArgs & WatchedArgs),
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("nary:components:CanaryJob", name, {}, options);
    this.job = args.jobspec === undefined ? this.#fromArgs(name, args) : this.#fromFile(name, args);
    this.registerOutputs({ job: this.job });
  }

  #fromFile(name: string, args: JobspecArgs & WatchedArgs): pulumi.Output<string> {
    const { role, ...given } = checkArgs("CanaryJob", jobspecWorkload.extend({ role: watchedRole }), args);
    declareJob(this, name, { jobspec: jobFromFile(this, "CanaryJob", role, given) });
    return pulumi.output(namesOf(given.service, role).job);
  }

  #fromArgs(name: string, args: CanaryJobArgs): pulumi.Output<string> {
    const canary = checkArgs("CanaryJob", schema, args);
    const job = {
      jobspec: withRelease("CanaryJob", canary.release, (release) =>
        JSON.stringify(
          ruled(
            "CanaryJob",
            this,
            canary.role,
            transformed("CanaryJob", renderCanaryJob({ ...canary, release }), canary.transform),
            canary,
          ),
        ),
      ),
    };
    const policy = canary.secretsPolicy ? secretsPolicyOf(canary, canary.role) : undefined;
    declareJob(this, name, job, policy);
    return pulumi.output(namesOf(canary.service, canary.role).job);
  }
}
