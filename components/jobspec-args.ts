import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { jobspec } from "../settings/jobspec.ts";
import { release } from "../settings/names.ts";
import type { RuleName } from "../settings/rules.ts";
import { environmentName, type Role } from "../settings/stacks.ts";
import { nomadNamespace } from "../settings/placement.ts";
import { workload } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import { adaptJob } from "./job/jobspec.ts";
import { readJobspec, type Parser } from "./job/read-jobspec.ts";
import { fileTransform, transformed, type FileTransform } from "./job/transform.ts";
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
   * Whatever else the job has to have stands in the file, or is made by `transform`.
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
  /** Nomad's namespace, in which the file has to have the job unless it names none. Default: the file's own. */
  namespace?: string | undefined;
  /** Rules of releases (docs/rules.md) that do not count, by name, each with the reason. Default: none. */
  except?: Partial<Record<RuleName, string>> | undefined;
  /**
   * Changes the job after all else, before Nomad gets it. Given is the file's job as Nomad has read it, with what was
   * set in it and added to it: fields are those of Nomad's HTTP API, and only those that the file has are there. ID,
   * namespace, region, number of instances, the meta of Nary and the service's name have to stay. Canary and production
   * should be given the same one. Default: none.
   *
   * @example
   * transform: (job) => ({
   *   ...job,
   *   TaskGroups: job.TaskGroups.map((group) => ({ ...group, EphemeralDisk: { SizeMB: 500 } })),
   * })
   */
  transform?: FileTransform | undefined;
}

export const jobspecWorkload = z.strictObject({
  jobspec,
  environment: environmentName,
  service: workload.service,
  release: releaseInput,
  count: workload.count,
  port: workload.port,
  statusPath: workload.statusPath,
  namespace: nomadNamespace.unwrap().optional(),
  except: workload.except,
  transform: fileTransform,
});

/** The job of a file as JSON, once the release is known. What was added is told to whoever runs Pulumi. */
export function jobFromFile(
  parent: pulumi.ComponentResource,
  component: string,
  role: Role,
  { jobspec: file, ...given }: z.infer<typeof jobspecWorkload>,
): pulumi.Output<string> {
  return pulumi.all([given.release, parserOf()]).apply(async ([text, parser]) => {
    const released = { ...given, ...checkArgs(component, z.object({ release }), { release: text }) };
    const adapted = adaptJob(await readJobspec(resolve(file), parser), released, role);
    if (!adapted.ok) {
      const errors = adapted.problems.map((reason) => ({ propertyPath: "jobspec", reason }));
      throw new pulumi.InputPropertiesError({ message: `${component} cannot use ${file}`, errors });
    }
    await pulumi.log.info(`${file}: added ${adapted.added.join("; ")}`, parent);
    const job = transformed(component, adapted.job, given.transform);
    return JSON.stringify(ruled(component, parent, role, job, given));
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
