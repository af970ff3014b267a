import { z } from "zod";
import { serviceName, urlPath } from "./names.ts";
import { environmentName } from "./stacks.ts";
import { workload } from "./workload.ts";

const hostError = "must be a host name in lower case, such as api.example.com or *.example.com";

/** A name by which clients ask for a service; `*.` in front stands for any name before the rest. */
const host = z
  .string({ error: hostError })
  .max(253, { error: hostError })
  .regex(/^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, { error: hostError })
  .brand<"HostName">();

/** A service of other stacks behind the same HAProxy. */
const other = z
  .strictObject(
    {
      service: serviceName,
      /** The pair of stacks whose traffic switch is obeyed; HAProxy's own unless given. */
      environment: environmentName.optional(),
      hosts: z.array(host, { error: "must be a list of host names" }).default([]),
      /** Paths that begin with one of these, in whole names. */
      paths: z.array(urlPath, { error: "must be a list of paths" }).default([]),
      statusPath: workload.statusPath,
      counterPath: workload.counterPath,
      checkIntervalSeconds: workload.checkIntervalSeconds,
    },
    { error: "must have a service, and hosts or paths" },
  )
  .refine(({ hosts, paths }) => hosts.length + paths.length > 0, {
    error: "must have hosts or paths, by which its requests are known",
  });

export const also = z
  .array(other, { error: "must be a list of services" })
  .max(100, { error: "must be at most 100 services" })
  .default([]);
