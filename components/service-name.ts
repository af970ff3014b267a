import * as consul from "@pulumi/consul";
import { SettingsError } from "../settings/errors.ts";
import { serviceName, type ServiceName } from "../settings/names.ts";

/** Name of the service that a stack was last brought up with, if it is up. */
export async function serviceBefore(key: string): Promise<ServiceName | undefined> {
  const read = await consul.getKeys({ keys: [{ name: "service", path: key, default: "" }] });
  return serviceName.safeParse(read.var["service"]).data;
}

/**
 * Jobs are called after their service, so that another name makes other jobs and takes those of the old name away.
 *
 * @throws SettingsError unless the name is the same, or the old one is given beside the new one
 */
export function checkRename(
  stack: string,
  { before, now, from }: { before: ServiceName | undefined; now: ServiceName; from: ServiceName | undefined },
): void {
  if (before === undefined || before === now || before === from) return;
  throw new SettingsError(
    `nary:service is ${now}, but ${stack} is up as ${before}: another name replaces all jobs, which takes production ` +
      `down for as long as the new ones take to be up. Go back with: pulumi config set nary:service ${before} ` +
      `--stack ${stack}, or say that it is meant with: pulumi config set nary:renameFrom ${before} --stack ${stack}`,
  );
}
