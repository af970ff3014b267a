import { z } from "zod";
import { keysOf } from "../../settings/records.ts";
import { haproxy as settings } from "../../settings/haproxy.ts";
import { environmentName } from "../../settings/stacks.ts";
import { jobName } from "../../settings/names.ts";
import { workload } from "../../settings/workload.ts";
import { namesOf } from "../job/workload.ts";

/**
 * What HAProxy is told, checked. Everything in it is a brand of `settings/`, whose characters mean nothing to HAProxy,
 * a shell or a template: text that could end a line never gets here.
 */
export const description = settings
  .extend({
    environment: environmentName,
    service: workload.service,
    statusPath: workload.statusPath,
    counterPath: workload.counterPath,
    datacenters: workload.datacenters,
    checkIntervalSeconds: workload.checkIntervalSeconds,
  })
  .strip();
export type Description = z.infer<typeof description>;

/** A service that HAProxy sends traffic to; each has a backend of its own. */
export type Upstream = Pick<
  Description,
  "service" | "environment" | "statusPath" | "counterPath" | "checkIntervalSeconds"
>;

/** The names by which HAProxy finds what it sends traffic to. */
export function sourcesOf({ environment, service }: Pick<Upstream, "environment" | "service">) {
  return {
    job: jobName.parse(`${service}-haproxy`),
    stable: namesOf(service, "production").service,
    canary: namesOf(service, "canary").service,
    trafficKey: keysOf(environment, service).traffic,
  };
}
