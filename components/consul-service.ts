import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { configEntries } from "../settings/consul-entries.ts";
import { external } from "../settings/consul-external.ts";
import { declaredKey, declaredRecord, keysOf, ownerKey } from "../settings/records.ts";
import { percentage, share } from "../settings/share.ts";
import { environmentName, roles, type Role } from "../settings/stacks.ts";
import { workload } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import type { ConfigEntryArgs, ExternalArgs } from "./consul/args.ts";
import { renderConfigEntry } from "./consul/config-entries.ts";
import { renderExternal, renderNodes } from "./consul/external.ts";
import { isOutside, mustBeOutside } from "./consul/outside.ts";
import { namesOf } from "./job/workload.ts";
import { checkOwner } from "./owner.ts";
import { asSentence } from "./sentence.ts";
import { releaseInput, withRelease } from "./workload-args.ts";

export interface ConsulServiceArgs {
  /** The pair of stacks that the service belongs to. */
  environment: string;
  /** Name of the service. */
  service: string;
  /** Which of the pair's two stacks declares it, or the twin beside the canary. */
  role: Role;
  /** What runs. May be the output of a build. */
  release: string | pulumi.Output<string>;
  /** Number of instances, at least 1. */
  count: number;
  /** Route with the counts of errors and requests. Default: `/api/errorAndRequestCount`. */
  counterPath?: string | undefined;
  /**
   * Part of all requests that the canaries get together, as in `nary:share`, such as `5 %`. Only kept with the rest, so that
   * a preview shows a change of it: the gate sets it at run time. Not for production. Default: none.
   */
  share?: string | undefined;
  /** Config entries of the service, at most one of a kind. Canary and production should be given the same. Default: none. */
  configEntries?: ConfigEntryArgs[] | undefined;
  /** Services outside Nomad that this one needs. Production's alone. Default: none. */
  external?: ExternalArgs[] | undefined;
}

const schema = z
  .object({
    environment: environmentName,
    role: z.enum(roles, { error: "must be canary, twin or production" }),
    release: releaseInput,
    service: workload.service,
    count: workload.count,
    counterPath: workload.counterPath,
    share: share.optional(),
    configEntries,
    external,
  })
  .refine(({ role, external: outside }) => role === "production" || outside.length === 0, {
    path: ["external"],
    error: "must be given to production alone: a canary or twin that goes would take them with it",
  })
  .refine(({ role, share: part }) => role !== "production" || part === undefined, {
    path: ["share"],
    error: "must not be given to production, which gets what canaries leave",
  })
  .refine(isOutside, mustBeOutside);

/**
 * A service's place in Consul: the record of what is declared, by which a gate finds it; its config entries; and what it
 * needs outside Nomad. Instances are registered by their job. A service that is another environment's in the same Consul is refused. The whole prefix
 * `nary/<environment>/<service>/declared/<role>/` is owned, strays in it are deleted.
 *
 * @example
 * import { ConsulService } from "nary";
 *
 * new ConsulService("api-canary", {
 *   environment: "default",
 *   service: "api",
 *   role: "canary",
 *   release: "registry.example/api@sha256:…",
 *   count: 8,
 * });
 *
 * @creates
 * one `consul.KeyPrefix` with the record, one `consul.Keys` that says whose the service is, one `consul.ConfigEntry` for each entry, and for what is outside one
 * `consul.Node` and one `consul.Service` each.
 *
 * @destroy
 * deletes the keys under its prefix, the entries and what is outside: a gate finds the service no more. What the gate itself has written, such as which
 * release was promoted, stays.
 */
export class ConsulService extends pulumi.ComponentResource {
  /** Name under which the instances are registered. */
  readonly service: pulumi.Output<string>;

  constructor(name: string, args: ConsulServiceArgs, options?: pulumi.ComponentResourceOptions) {
    super("nary:components:ConsulService", name, {}, options);
    const given = checkArgs("ConsulService", schema, args);
    const { environment, service, role, count, counterPath } = given;
    const { job, service: registered } = namesOf(service, role);
    const parent = { parent: this };
    const record = withRelease("ConsulService", given.release, (release) =>
      declaredRecord.encode({
        version: 1,
        role,
        job,
        service: registered,
        release,
        count,
        counterPath,
        share: given.share && percentage(given.share),
      }),
    );
    // A program of its own has not asked before; what waits for the answer is refused in its preview.
    const owner = pulumi.output(
      checkOwner(given, parent).then(
        (): string => environment,
        (error: unknown) => {
          throw asSentence(error);
        },
      ),
    );
    const declared = pulumi.all([record, owner]).apply(([text]) => text);
    new consul.KeyPrefix(
      name,
      { pathPrefix: keysOf(environment, service).declared(role), subkeys: { [declaredKey]: declared } },
      parent,
    );
    new consul.Keys(name, { keys: [{ path: ownerKey(service, role), value: owner, delete: true }] }, parent);
    for (const entry of given.configEntries)
      new consul.ConfigEntry(`${name}/${entry.kind}`, renderConfigEntry(entry, registered), parent);
    declareExternal(name, given.external, parent);
    this.service = pulumi.output(registered);
    this.registerOutputs({ service: this.service });
  }
}

function declareExternal(
  name: string,
  services: z.output<typeof external>,
  parent: pulumi.CustomResourceOptions,
): void {
  const nodes = renderNodes(services).map((node) => new consul.Node(`${name}/${node.name}`, node, parent));
  for (const service of services.map(renderExternal))
    // A service cannot be before its node, and a node that goes takes its services with it.
    new consul.Service(`${name}/${service.node}/${service.name}`, service, { ...parent, dependsOn: nodes });
}
