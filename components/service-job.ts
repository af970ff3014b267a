import * as pulumi from "@pulumi/pulumi";
import { fits } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import { declareJob } from "./declare-job.ts";
import { ruled } from "./keep-rules.ts";
import { scriptsFit } from "./job/checks.ts";
import { renderServiceJob, serviceWorkload } from "./job/production.ts";
import { secretsPolicyOf } from "./job/secrets.ts";
import { transform, transformed } from "./job/transform.ts";
import { canMount, cannotMount } from "./job/volumes.ts";
import { namesOf } from "./job/workload.ts";
import { jobFromFile, jobspecWorkload, type JobspecArgs } from "./jobspec-args.ts";
import { releaseInput, withRelease, type WorkloadArgs } from "./workload-args.ts";

export interface ServiceJobArgs extends WorkloadArgs {
  /** How a new release replaces the old one. */
  update?:
    | {
        /** Instances replaced at the same time. Default: 1. */
        maxParallel?: number | undefined;
        /** Seconds that a new instance must be healthy before the next one is replaced. Default: 10. */
        minHealthySeconds?: number | undefined;
        /** Seconds in which a new instance must become healthy. Default: 300. */
        healthySeconds?: number | undefined;
      }
    | undefined;
  /**
   * Whether somebody else, such as an autoscaler, sets the number of instances of a job that runs: `count` is then only
   * what the first `up` asks for. Default: false.
   */
  autoscaled?: boolean | undefined;
  /** How often a task that ended is started again on its client. Default: Nomad's own, which are these defaults. */
  restart?:
    | {
        /** Starts within the interval, at least 0. Default: 2. */
        attempts?: number | undefined;
        /** Seconds, at least 5. Default: 1800. */
        intervalSeconds?: number | undefined;
        /** Seconds before each start. Default: 15. */
        delaySeconds?: number | undefined;
        /** After the last attempt of an interval: give the instance up, or wait for the next one. Default: `fail`. */
        mode?: "fail" | "delay" | undefined;
      }
    | undefined;
  /**
   * How often an instance that was given up is placed anew, on another client where there is one. Default: Nomad's own,
   * which is `{ type: "unlimited" }`.
   */
  reschedule?:
    | { type: "never" }
    | ({ type: "unlimited" } & RescheduleDelays)
    | ({
        type: "limited";
        /** Attempts within the interval, which has to have room for them; at least 1. */
        attempts: number;
        /** Seconds, at least 15. */
        intervalSeconds: number;
      } & RescheduleDelays)
    | undefined;
}

export interface RescheduleDelays {
  /** Seconds before the first attempt, at least 5. Default: 30. */
  delaySeconds?: number | undefined;
  /** How the delay grows from one attempt to the next. Default: `exponential`. */
  delayFunction?: "constant" | "exponential" | "fibonacci" | undefined;
  /** Seconds beyond which it does not grow. Default: 3600. */
  maxDelaySeconds?: number | undefined;
}

const schema = serviceWorkload
  .extend({ release: releaseInput, transform })
  .refine(canMount, cannotMount)
  .superRefine(fits)
  .superRefine(scriptsFit);

/**
 * A service in production: the Nomad job of its name, registered in Consul under the same name.
 *
 * @example
 * import { ServiceJob } from "nary";
 *
 * new ServiceJob("api", {
 *   environment: "default",
 *   service: "api",
 *   release: "registry.example/api:1.4.2",
 *   count: 24,
 *   task: { driver: "docker" },
 * });
 *
 * @creates
 * one `nomad.Job` of the service's name. `pulumi up` ends when Nomad has taken the job; how its instances come up is
 * followed by the gate, or seen with `nomad job status`.
 *
 * @destroy
 * stops all instances at once and purges the job: nothing answers any more.
 */
export class ServiceJob extends pulumi.ComponentResource {
  /** Name of the Nomad job. */
  readonly job: pulumi.Output<string>;

  constructor(name: string, args: ServiceJobArgs | JobspecArgs, options?: pulumi.ComponentResourceOptions) {
    super("nary:components:ServiceJob", name, {}, options);
    this.job = args.jobspec === undefined ? this.#fromArgs(name, args) : this.#fromFile(name, args);
    this.registerOutputs({ job: this.job });
  }

  #fromFile(name: string, args: JobspecArgs): pulumi.Output<string> {
    const given = checkArgs("ServiceJob", jobspecWorkload, args);
    declareJob(this, name, { jobspec: jobFromFile(this, "ServiceJob", "production", given) });
    return pulumi.output(namesOf(given.service, "production").job);
  }

  #fromArgs(name: string, args: ServiceJobArgs): pulumi.Output<string> {
    const service = checkArgs("ServiceJob", schema, args);
    const job = {
      jobspec: withRelease("ServiceJob", service.release, (release) =>
        JSON.stringify(
          ruled(
            "ServiceJob",
            this,
            "production",
            transformed("ServiceJob", renderServiceJob({ ...service, release }), service.transform),
            service,
          ),
        ),
      ),
      preserveCounts: service.autoscaled,
    };
    const policy = service.secretsPolicy ? secretsPolicyOf(service, "production") : undefined;
    declareJob(this, name, job, policy);
    return pulumi.output(namesOf(service.service, "production").job);
  }
}
