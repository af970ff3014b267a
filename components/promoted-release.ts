import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { serviceName, type Release, type ServiceName } from "../settings/names.ts";
import { keysOf, promotedRecord } from "../settings/records.ts";
import { environmentName, type EnvironmentName } from "../settings/stacks.ts";
import { checkArgs } from "./check-args.ts";
import { asSentence } from "./sentence.ts";

export interface PromotedReleaseArgs {
  /** The pair of stacks whose production is meant, such as `default` or `staging`. */
  environment: string;
  /** Name of the service. */
  service: string;
}

const schema = z.strictObject({ environment: environmentName, service: serviceName });

/**
 * The release that production runs by the record `promoted`, which the gate writes to Consul when a roll-out has held;
 * undefined before anything was promoted. Pulumi reads it anew in each preview and each `up`, by the provider of Consul,
 * so that production never goes back to an older release than the one that was promoted last.
 *
 * @example
 * import { promotedRelease, ServiceJob } from "nary";
 *
 * const promoted = promotedRelease({ environment: "default", service: "api" });
 *
 * new ServiceJob("api", {
 *   environment: "default",
 *   service: "api",
 *   // Where nothing was promoted yet, the first release.
 *   release: promoted.apply((release) => release ?? "registry.example/api@sha256:…"),
 *   count: 24,
 *   task: { driver: "docker" },
 * });
 *
 * @throws pulumi.InputPropertiesError naming each argument that cannot be used
 */
export function promotedRelease(
  args: PromotedReleaseArgs,
  options?: pulumi.InvokeOptions,
): pulumi.Output<string | undefined> {
  const given = checkArgs("promotedRelease", schema, args);
  return pulumi.output(
    readPromoted(given, options).catch((error: unknown) => {
      throw asSentence(error);
    }),
  );
}

/** @throws SettingsError where the record cannot be read */
export async function readPromoted(
  { environment, service }: { environment: EnvironmentName; service: ServiceName },
  options?: pulumi.InvokeOptions,
): Promise<Release | undefined> {
  const { promoted: path } = keysOf(environment, service);
  const read = await consul.getKeys({ keys: [{ name: "promoted", path, default: "" }] }, options);
  const text = read.var["promoted"] ?? "";
  return text === "" ? undefined : promotedRecord.decode(path, text).release;
}
