import { resolve } from "node:path";
import { Stacks } from "../gate/act/stacks.ts";
import { Consul } from "../gate/clients/consul.ts";
import { Nomad } from "../gate/clients/nomad.ts";
import type { Context } from "../gate/context.ts";
import type { Interrupts } from "../gate/interrupts.ts";
import type { Tell } from "../gate/tell/events.ts";
import { SettingsError } from "../settings/errors.ts";
import { parseSettings } from "../settings/parse.ts";
import { keysOf } from "../settings/records.ts";
import { environmentOf, type Environment } from "../settings/stacks.ts";
import { serversOf } from "./servers.ts";

/**
 * Opens all that a gate works with, after having looked that it is usable: the stacks, their passphrase, their
 * settings, Consul, Nomad. Works with it, and closes it.
 */
export async function withContext<T>(
  options: { stack: string; cwd: string; record?: string | undefined },
  interrupts: Interrupts,
  tell: Tell,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const environment = environmentOfCanary(options.stack);
  const organization = options.stack.slice(0, -environment.canary.length);
  const stacks = {
    canary: options.stack,
    twin: organization + environment.twin,
    production: organization + environment.production,
  };
  const pulumi = await Stacks.open(resolve(options.cwd), tell);
  // Alone and first, so that an unknown stack or a backend that is away is told at once.
  const configuration = await pulumi.configuration(stacks.canary);
  const asked = [
    pulumi.configuration(stacks.production),
    pulumi.checkSecrets(stacks.canary),
    pulumi.checkSecrets(stacks.production),
  ] as const;
  // All have ended before the first failure, in this order, is told.
  await Promise.allSettled(asked);
  const [ofProduction] = await Promise.all(asked);
  const { settings } = parseSettings(stacks.canary, configuration.values, configuration.secrets);
  if (settings.role !== "canary") throw new SettingsError(`nary:role of ${stacks.canary} must be canary.`);
  const production = parseSettings(stacks.production, ofProduction.values, ofProduction.secrets).settings;
  for (const [key, why] of sameInBoth) {
    if (production[key] === settings[key]) continue;
    throw new SettingsError(
      `nary:${key} is ${settings[key]} in ${stacks.canary} and ${production[key]} in ${stacks.production}: ${why}.`,
    );
  }
  if (settings.twin) await pulumi.checkTwin(stacks);
  interrupts.throwIfRequested();
  const servers = serversOf(configuration.values, process.env);
  const consul = new Consul(servers.consul.address, servers.consul.token, servers.consul.place);
  const { address, token, place } = servers.nomad;
  const nomad = new Nomad(address, token, { namespace: settings.namespace, region: place });
  try {
    await Promise.all([consul.check(interrupts.signal), nomad.check(interrupts.signal)]);
    warnOfPin(stacks.production, production.release, tell);
    const keys = keysOf(environment.name, settings.service);
    const { service } = settings;
    return await work({
      environment,
      service,
      stacks,
      settings,
      except: { ...production.except, ...settings.except },
      keys,
      pulumi,
      consul,
      nomad,
      interrupts,
      tell,
      recordFile: options.record === undefined ? undefined : resolve(options.record),
    });
  } finally {
    await Promise.all([consul.close(), nomad.close()]);
  }
}

/** Without which the gate would look in the wrong place. */
const sameInBoth = [
  ["service", "both stacks of an environment release the same service"],
  ["namespace", "both jobs of a service are in the same namespace of Nomad"],
] as const;

function environmentOfCanary(stack: string): Environment {
  const { environment, role } = environmentOf(stack);
  if (role === "canary") return environment;
  throw new SettingsError(
    `The stack ${stack} has the role ${role}: name the canary's, such as -s ${environment.canary}.`,
  );
}

function warnOfPin(stack: string, release: string | undefined, tell: Tell): void {
  if (release === undefined) return;
  tell({
    event: "warning",
    why:
      `the file of ${stack} says nary:release ${release}: the next \`pulumi up\` by hand goes back to it, whatever is ` +
      `promoted. Remove it with: pulumi config rm nary:release --stack ${stack}`,
  });
}
