import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { declaredKey, declaredRecord, keysOf } from "../settings/records.ts";
import { environmentName, roles, type Role } from "../settings/stacks.ts";
import { workload } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import { namesOf } from "./job/workload.ts";
import { releaseInput, withRelease } from "./workload-args.ts";

export interface ConsulServiceArgs {
  /** The pair of stacks that the service belongs to. */
  environment: string;
  /** Name of the service. */
  service: string;
  /** Which of the pair's two stacks declares it. */
  role: Role;
  /** What runs. May be the output of a build. */
  release: string | pulumi.Output<string>;
  /** Number of instances, at least 1. */
  count: number;
  /** Route with the counts of errors and requests. Default: `/api/errorAndRequestCount`. */
  counterPath?: string | undefined;
}

const schema = z.object({
  environment: environmentName,
  role: z.enum(roles, { error: "must be canary or production" }),
  release: releaseInput,
  service: workload.service,
  count: workload.count,
  counterPath: workload.counterPath,
});

/**
 * A service's place in Consul: the record of what is declared, by which a gate finds it. Instances are registered by
 * their job. The whole prefix `nary/<environment>/<service>/declared/<role>/` is owned, strays in it are deleted.
 *
 * @example
 * import { ConsulService } from "nary";
 *
 * new ConsulService("api-canary", {
 *   environment: "default",
 *   service: "api",
 *   role: "canary",
 *   release: "registry.example/api:1.5.0",
 *   count: 8,
 * });
 *
 * @creates
 * one `consul.KeyPrefix` with the record.
 *
 * @destroy
 * deletes the keys under its prefix: a gate finds the service no more. What the gate itself has written, such as which
 * release was promoted, stays.
 */
export class ConsulService extends pulumi.ComponentResource {
  /** Name under which the instances are registered. */
  readonly service: pulumi.Output<string>;

  constructor(name: string, args: ConsulServiceArgs, options?: pulumi.ComponentResourceOptions) {
    super("nary:components:ConsulService", name, {}, options);
    const {
      environment,
      service,
      role,
      count,
      counterPath,
      release: given,
    } = checkArgs("ConsulService", schema, args);
    const { job, service: registered } = namesOf(service, role);
    const record = withRelease("ConsulService", given, (release) =>
      declaredRecord.encode({ version: 1, role, job, service: registered, release, count, counterPath }),
    );
    new consul.KeyPrefix(
      name,
      { pathPrefix: keysOf(environment, service).declared(role), subkeys: { [declaredKey]: record } },
      { parent: this },
    );
    this.service = pulumi.output(registered);
    this.registerOutputs({ service: this.service });
  }
}
