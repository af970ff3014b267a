import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { release } from "../settings/names.ts";
import type { RuleName } from "../settings/rules.ts";
import { environmentName, type Role } from "../settings/stacks.ts";
import { workload } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import { adaptJob } from "./job/jobspec.ts";
import { readJobspec, type Parser } from "./job/read-jobspec.ts";
import { ruled } from "./keep-rules.ts";
import { releaseInput } from "./workload-args.ts";

/** Arguments of both jobs where the job is a file of your own. */
export interface JobspecArgs {
  /**
   * Path of a job file, from the folder of the program: HCL, read by the Nomad that the provider's settings name, or
   * JSON with the ending `.json`. Set in it are only the job's name, the image or command of the task that runs the
   * release, the count of its group, and the name of its service; added are the meta of Nary and the checks `liveness`
   * and `routing` where there are none like them, and canaries are not restarted. What that takes and is not there is
   * an error: one group, one task without a lifecycle, one service with the port. HCL variables need a default.
   */
  jobspec: string;
  /** The pair of stacks that this job belongs to, such as `default` or `staging`; part of keys in Consul. */
  environment: string;
  /** Name of the service; the job and its registration in Consul are called so. */
  service: string;
  /** What to run: an image under docker and podman, the path of an executable under exec and raw_exec. */
  release: string | pulumi.Output<string>;
  /** Number of instances, at least 1. */
  count: number;
  /** Label of the port on which the service answers. Default: `http`. */
  port?: string | undefined;
  /** Route that says whether an instance wants traffic. Default: `/status`. */
  statusPath?: string | undefined;
  /** Rules of releases (docs/rules.md) that do not count, by name, each with the reason. Default: none. */
  except?: Partial<Record<RuleName, string>> | undefined;
}

export const jobspecWorkload = z.strictObject({
  jobspec: z
    .string({ error: "must be the path of a job file" })
    .min(1, { error: "must be the path of a job file" }),
  environment: environmentName,
  service: workload.service,
  release: releaseInput,
  count: workload.count,
  port: workload.port,
  statusPath: workload.statusPath,
  except: workload.except,
});

/** The job of a file as JSON, once the release is known. What was added is told to whoever runs Pulumi. */
export function jobFromFile(
  parent: pulumi.ComponentResource,
  component: string,
  role: Role,
  { jobspec, ...given }: z.infer<typeof jobspecWorkload>,
): pulumi.Output<string> {
  return pulumi.all([given.release, parserOf()]).apply(async ([text, parser]) => {
    const released = { ...given, ...checkArgs(component, z.object({ release }), { release: text }) };
    const adapted = adaptJob(await readJobspec(resolve(jobspec), parser), released, role);
    if (!adapted.ok) {
      const errors = adapted.problems.map((reason) => ({ propertyPath: "jobspec", reason }));
      throw new pulumi.InputPropertiesError({ message: `${component} cannot use ${jobspec}`, errors });
    }
    await pulumi.log.info(`${jobspec}: added ${adapted.added.join("; ")}`, parent);
    return JSON.stringify(ruled(component, parent, role, adapted.job, given));
  });
}

/** Where the provider finds Nomad too. */
function parserOf(): pulumi.Output<Parser> {
  const config = new pulumi.Config("nomad");
  const address = config.get("address") ?? process.env["NOMAD_ADDR"] ?? "http://127.0.0.1:4646";
  const token = config.getSecret("secretId") ?? pulumi.output(process.env["NOMAD_TOKEN"]);
  // The token is in nothing that comes of it: a job that were a secret would not be shown in a preview.
  return pulumi.unsecret(token).apply((secret) => ({ address, token: secret }));
}
