import type { JobView } from "./job.ts";
import type { Violation } from "./violation.ts";

/** Without a check of the status route, a canary that wants no traffic still gets it. */
export function canaryHasRoutingCheck(job: JobView, statusPath: string): Violation[] {
  const services = job.TaskGroups.flatMap(({ Services: all }) => all);
  return services
    .filter(
      ({ Checks: checks }) =>
        !checks.some(({ Type: type, Path: path }) => type === "http" && path === statusPath),
    )
    .map(({ Name: name }) => ({
      rule: "canary-has-routing-check",
      what: `the service ${name} of the job ${job.ID} has no HTTP check of ${statusPath}`,
      mend: "leave the routing check in, or give the route that is checked as statusPath",
    }));
}
