import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { CanaryJob } from "./components/canary-job.ts";
import { ConsulService } from "./components/consul-service.ts";
import { Haproxy } from "./components/haproxy.ts";
import type { JobspecArgs } from "./components/jobspec-args.ts";
import { checkOwner } from "./components/owner.ts";
import { readPromoted } from "./components/promoted-release.ts";
import { ServiceJob } from "./components/service-job.ts";
import { asSentence } from "./components/sentence.ts";
import { checkRename, serviceBefore } from "./components/service-name.ts";
import { SettingsError } from "./settings/errors.ts";
import { parseSettings } from "./settings/parse.ts";
import { serviceNameKey } from "./settings/records.ts";
import type { CanarySettings, ProductionSettings, TwinSettings } from "./settings/schema.ts";
import { percentage } from "./settings/share.ts";
import type { Environment } from "./settings/stacks.ts";

/** Declares the stack's role and resolves to the stack's outputs. */
export default async function program() {
  try {
    const { environment, settings } = parseSettings(pulumi.getStack(), pulumi.runtime.allConfig());
    switch (settings.role) {
      case "canary":
      case "twin":
        return await declareWatched(environment, settings);
      case "production":
        return await declareProduction(environment, settings);
    }
  } catch (error) {
    throw asSentence(error);
  }
}

async function declareWatched({ name, canary }: Environment, settings: CanarySettings | TwinSettings) {
  const { role, service, release, gate } = settings;
  if (release === undefined) {
    throw new SettingsError(
      `There is nothing to run: give the release, as with \`nary release IMAGE -s ${canary}\`, ` +
        `or \`pulumi up -s ${canary} -c nary:release=IMAGE\`.`,
    );
  }
  await checkOwner({ environment: name, service });
  const args = { ...settings, release, environment: name };
  const { job } = new CanaryJob(
    `${service}-${role}`,
    "jobspec" in args ? { ...fileArgs(args), role } : { ...args, startSeconds: gate.startSeconds },
  );
  const share = settings.share && percentage(settings.share);
  const { service: registered } = new ConsulService(`${service}-${role}`, { ...args, share });
  return { release, job, service: registered };
}

async function declareProduction(environment: Environment, settings: ProductionSettings) {
  const { name, canary, production } = environment;
  const { service, haproxy } = settings;
  const nameKey = serviceNameKey(name, pulumi.getProject());
  const { renameFrom: from } = settings;
  checkRename(production, { before: await serviceBefore(nameKey), now: service, from });
  const release =
    settings.release ??
    (await readPromoted({ environment: name, service })) ??
    // The gate writes the record of the new name at the next release.
    (from === undefined ? undefined : await readPromoted({ environment: name, service: from }));
  if (release === undefined) {
    throw new SettingsError(
      `Nothing was promoted to ${production} yet, so there is nothing to run. Give the first release with ` +
        `\`nary release IMAGE --first -s ${canary}\`, or \`pulumi config set nary:release IMAGE -s ${production}\`.`,
    );
  }
  await checkOwner({ environment: name, service });
  const args = { ...settings, release, environment: name };
  const { job } = new ServiceJob(service, "jobspec" in args ? fileArgs(args) : args);
  const { service: registered } = new ConsulService(service, args);
  // Not named after the service: it is what outlives a renaming.
  new consul.Keys("service-name", { keys: [{ path: nameKey, value: service, delete: true }] });
  const outputs = { release, job, service: registered };
  if (haproxy === undefined) return outputs;
  const { address, statsAddress } = new Haproxy(`${service}-haproxy`, { ...args, ...haproxy });
  return { ...outputs, address, statsAddress };
}

/** Of all settings, those of a job that is a file. */
function fileArgs(all: JobspecArgs): JobspecArgs {
  const { jobspec, environment, service, release, count, port, statusPath, namespace, except } = all;
  return { jobspec, environment, service, release, count, port, statusPath, namespace, except };
}
