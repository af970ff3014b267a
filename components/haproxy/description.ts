import { z } from "zod";
import { keysOf } from "../../settings/records.ts";
import { contradiction, haproxy as settings } from "../../settings/haproxy.ts";
import { environmentName } from "../../settings/stacks.ts";
import { haproxyName, jobName } from "../../settings/names.ts";
import { workload } from "../../settings/workload.ts";
import { namesOf } from "../job/workload.ts";

/**
 * What HAProxy is told, checked. Everything in it is a brand of `settings/`, whose characters mean nothing to HAProxy,
 * a shell or a template: text that could end a line never gets here. The one text that is free, the page, goes into a
 * file of its own.
 */
export const description = settings
  .extend({
    environment: environmentName,
    service: workload.service,
    statusPath: workload.statusPath,
    counterPath: workload.counterPath,
    datacenters: workload.datacenters,
    checkIntervalSeconds: workload.checkIntervalSeconds,
    except: workload.except,
  })
  .strip()
  .superRefine((given, context) => {
    const found = contradiction(given, given.service);
    if (found !== undefined) context.addIssue({ code: "custom", ...found });
  });
export type Description = z.infer<typeof description>;

/** A service that HAProxy sends traffic to; each has a backend of its own. */
export type Upstream = Pick<
  Description,
  "service" | "environment" | "statusPath" | "counterPath" | "checkIntervalSeconds"
>;

/** The service itself and all others, each of which has a backend. */
export const upstreamsOf = (haproxy: Description): Upstream[] => [
  haproxy,
  ...haproxy.also.map((other) => ({ ...other, environment: other.environment ?? haproxy.environment })),
];

/** The names by which HAProxy finds what it sends traffic to. */
export function sourcesOf({ environment, service }: Pick<Upstream, "environment" | "service">) {
  return {
    job: jobName.parse(`${service}-haproxy`),
    stable: namesOf(service, "production").service,
    canary: namesOf(service, "canary").service,
    twin: namesOf(service, "twin").service,
    trafficKey: keysOf(environment, service).traffic,
  };
}

/** What a HAProxy is called in Consul: one name for each service behind it. */
export const registeredNames = (haproxy: Description): string[] => [
  ...new Set(upstreamsOf(haproxy).map(({ service }) => haproxyName(service))),
];
