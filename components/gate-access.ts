import * as consul from "@pulumi/consul";
import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { configEntries } from "../settings/consul-entries.ts";
import { external } from "../settings/consul-external.ts";
import { nomadNamespace } from "../settings/placement.ts";
import { environmentName } from "../settings/stacks.ts";
import { workload } from "../settings/workload.ts";
import { checkArgs } from "./check-args.ts";
import type { ConfigEntryArgs, ExternalArgs } from "./consul/args.ts";
import { consulAct, consulHaproxy, consulWatch, renderConsulRules } from "./consul/consul-rules.ts";
import { nomadAct, nomadWatch, renderNomadRules, variables } from "./consul/nomad-rules.ts";
import { isOutside, mustBeOutside } from "./consul/outside.ts";
import type { VolumeArgs } from "./job/beside-args.ts";
import { volumes } from "./job/volumes.ts";

export interface GateAccessArgs {
  /** The pair of stacks that is released. */
  environment: string;
  /** Name of the service. */
  service: string;
  /** Nomad namespace of the jobs. Default: `default`. */
  namespace?: string | undefined;
  /** Config entries that the stacks declare, as they are given to ConsulService. Default: none. */
  configEntries?: ConfigEntryArgs[] | undefined;
  /** Services outside Nomad that production declares, as they are given to ConsulService. Default: none. */
  external?: ExternalArgs[] | undefined;
  /** Host volumes that the jobs mount, as they are given to the jobs. Default: none. */
  volumes?: VolumeArgs[] | undefined;
  /** Paths of the Nomad Variables that the stacks declare. Default: none. */
  variables?: string[] | undefined;
}

const nameLength = 128;

const schema = z
  .object({
    environment: environmentName,
    service: workload.service,
    namespace: nomadNamespace,
    configEntries,
    external,
    volumes,
    variables,
  })
  .refine((args) => policyNames(args).haproxy.length <= nameLength, {
    path: ["environment"],
    error: "must be shorter: policies are called after it and the service, in 128 characters",
  })
  .refine(isOutside, mustBeOutside);

/**
 * What a gate may do where Consul and Nomad deny by default: in each of the two a policy to watch a release, one to act
 * on it, and a token that has both; and a policy of Consul for HAProxy's template. Belongs in a stack of its own, which
 * only those bring up who may manage ACLs: in production's stack, the gate would need to manage ACLs itself.
 *
 * @example
 * import { GateAccess } from "nary";
 *
 * const access = new GateAccess("api", { environment: "default", service: "api" });
 *
 * export const consulToken = access.consulToken;
 * export const nomadToken = access.nomadToken;
 *
 * @creates
 * three `consul.AclPolicy` and a `consul.AclToken`, two `nomad.AclPolicy` and a `nomad.AclToken`.
 *
 * @destroy
 * deletes policies and tokens: a gate that holds them is refused from then on, in the middle of a release too.
 */
export class GateAccess extends pulumi.ComponentResource {
  /** The gate's token in Consul, for CONSUL_HTTP_TOKEN; a secret. */
  readonly consulToken: pulumi.Output<string>;
  /** The gate's token in Nomad, for NOMAD_TOKEN; a secret. */
  readonly nomadToken: pulumi.Output<string>;
  /** The policy in Consul that HAProxy's template needs: for the token of Nomad's clients, or the workload's identity. */
  readonly haproxyPolicy: pulumi.Output<string>;

  constructor(name: string, args: GateAccessArgs, options?: pulumi.ComponentResourceOptions) {
    super("nary:components:GateAccess", name, {}, options);
    const access = checkArgs("GateAccess", schema, args);
    const { environment, service } = access;
    const of = `of ${service} in ${environment}`;
    const names = policyNames(access);
    const parent = { parent: this };

    const inConsul = (which: keyof typeof names, rights: Parameters<typeof renderConsulRules>[0]) =>
      new consul.AclPolicy(
        `${name}/${which}`,
        { name: names[which], description: descriptionOf(which, of), rules: renderConsulRules(rights) },
        parent,
      );
    const watch = inConsul("watch", consulWatch(access));
    const act = inConsul("act", consulAct(access, access));
    const haproxy = inConsul("haproxy", consulHaproxy(access));
    const token = new consul.AclToken(
      name,
      { description: `The gate ${of}`, policies: [watch.name, act.name] },
      parent,
    );

    const inNomad = (which: "watch" | "act", rights: Parameters<typeof renderNomadRules>[1]) =>
      new nomad.AclPolicy(
        `${name}/${which}`,
        {
          name: names[which],
          description: descriptionOf(which, of),
          rulesHcl: renderNomadRules(access.namespace, rights),
        },
        parent,
      );
    const policies = [inNomad("watch", nomadWatch()).name, inNomad("act", nomadAct(access)).name];
    const nomadToken = new nomad.AclToken(name, { name: `The gate ${of}`, type: "client", policies }, parent);

    const read = consul.getAclTokenSecretIdOutput({ accessorId: token.accessorId }, parent);
    this.consulToken = pulumi.secret(read.secretId);
    this.nomadToken = pulumi.secret(nomadToken.secretId);
    this.haproxyPolicy = haproxy.name;
    const { consulToken, haproxyPolicy } = this;
    this.registerOutputs({ consulToken, nomadToken: this.nomadToken, haproxyPolicy });
  }
}

/** Consul allows letters, digits, dashes and underscores in the name of a policy, Nomad no underscores. */
function policyNames({ environment, service }: { environment: string; service: string }) {
  const base = `nary-${environment.replaceAll(/[^A-Za-z0-9]/g, "-")}-${service}`;
  return { watch: `${base}-watch`, act: `${base}-act`, haproxy: `${base}-haproxy` };
}

function descriptionOf(which: "watch" | "act" | "haproxy", of: string): string {
  switch (which) {
    case "watch":
      return `To watch a release ${of}: reads only`;
    case "act":
      return `To act on a release ${of}, on top of watching it`;
    case "haproxy":
      return `HAProxy's template ${of}`;
  }
}
