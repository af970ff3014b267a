import * as consul from "@pulumi/consul";
import type * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../settings/errors.ts";
import type { ServiceName } from "../settings/names.ts";
import { ownerKey, ownersOf } from "../settings/records.ts";
import { roles, type EnvironmentName } from "../settings/stacks.ts";

/**
 * Refuses what would take another environment's place: jobs, and instances in Consul, are called after the service alone.
 *
 * @throws SettingsError that names the environment whose the service is
 */
export async function checkOwner(
  { environment, service }: { environment: EnvironmentName; service: ServiceName },
  options?: pulumi.InvokeOptions,
): Promise<void> {
  const keys = roles.map((role) => ({ name: role, path: ownerKey(service, role), default: "" }));
  const { var: found } = await consul.getKeys({ keys }, options);
  const owner = roles.map((role) => found[role] ?? "").find((of) => of !== "" && of !== environment);
  if (owner === undefined) return;
  throw new SettingsError(
    `The service ${service} in Consul is that of the environment ${owner}, and ${environment} would replace its jobs and mix ` +
      `with its instances: give ${environment} a name of its own by nary:service, or a Nomad and a Consul of its own by ` +
      `nomad:address and consul:address. Where ${owner} is no more: consul kv delete -recurse ${ownersOf(service)}`,
  );
}
