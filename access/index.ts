import * as pulumi from "@pulumi/pulumi";
import type { ConfigEntryArgs, ExternalArgs } from "../components/consul/args.ts";
import { GateAccess } from "../components/gate-access.ts";
import type { VolumeArgs } from "../components/job/beside-args.ts";

/*
 * A stack is named after the environment whose gate it lets in: `default` for the stacks canary and production. It is
 * for those who may manage ACLs, and apart from what the gate brings up.
 */
const config = new pulumi.Config("nary");
const service = config.require("service");

export const { consulToken, nomadToken, haproxyPolicy } = new GateAccess(service, {
  environment: pulumi.getStack(),
  service,
  namespace: config.get("namespace"),
  configEntries: config.getObject<ConfigEntryArgs[]>("configEntries"),
  external: config.getObject<ExternalArgs[]>("external"),
  volumes: config.getObject<VolumeArgs[]>("volumes"),
  variables: config.getObject<string[]>("variables"),
});
