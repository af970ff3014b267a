import { z } from "zod";
import { environmentName, type Role } from "../../settings/stacks.ts";
import { jobName, registeredName, release, type ServiceName } from "../../settings/names.ts";
import { workload as settings } from "../../settings/workload.ts";
import { files } from "./files.ts";
import { helpers } from "./helpers.ts";
import { volumes } from "./volumes.ts";

/** What a job is rendered from, checked. */
export const workload = z.object({
  ...settings,
  environment: environmentName,
  release,
  sidecars: helpers,
  prestart: helpers,
  volumes,
  ...files,
});
export type Workload = z.infer<typeof workload>;

/** What the things of one role of a service are called. */
export function namesOf(service: ServiceName, role: Role) {
  const base = role === "production" ? service : `${service}-${role}`;
  return {
    job: jobName.parse(base),
    service: registeredName.parse(base),
    group: `${base}-group`,
    task: `${base}-task`,
  };
}

/** By which whoever finds a job knows what it is. */
export function identityOf(
  { environment, service, release: runs }: Pick<Workload, "environment" | "service" | "release">,
  role: Role,
) {
  return {
    nary_environment: environment,
    nary_service: service,
    nary_role: role,
    nary_release: runs,
  };
}
