import assert from "node:assert/strict";
import * as consul from "@pulumi/consul";
import * as nomad from "@pulumi/nomad";
import type { ConfigEntryArgs } from "../../../components/consul/args.ts";
import {
  consulAct,
  consulWatch,
  renderConsulRules,
  type ConsulRight,
} from "../../../components/consul/consul-rules.ts";
import {
  nomadAct,
  nomadWatch,
  renderNomadRules,
  variables,
  type NomadRight,
} from "../../../components/consul/nomad-rules.ts";
import { ConsulService } from "../../../components/consul-service.ts";
import { volumes } from "../../../components/job/volumes.ts";
import { ServiceJob } from "../../../components/service-job.ts";
import { configEntries } from "../../../settings/consul-entries.ts";
import { external } from "../../../settings/consul-external.ts";
import { serviceName } from "../../../settings/names.ts";
import { nomadNamespace } from "../../../settings/placement.ts";
import { environmentName, type Role } from "../../../settings/stacks.ts";
import { newStack, type TestStack } from "../../integration/plugins/stack.ts";
import { startAclConsul, startAclNomad, stopAclServers, type AclServer } from "../../support/acl-servers.ts";
import { consulTokenWith, nomadTokenWith } from "../../support/acl-tokens.ts";

const whose = { environment: environmentName.parse("local"), service: serviceName.parse("api") };
const shared = { ...whose, release: "/bin/true", count: 1 };
const defaults: ConfigEntryArgs = { kind: "service-defaults", protocol: "http" };
const intentions: ConfigEntryArgs = { kind: "service-intentions", deny: ["*"] };
const outside = [{ name: "db", node: "db-1", address: "192.0.2.1", port: 5432 }];
const mounts = [
  { source: "data", destination: "/data" },
  { source: "certs", destination: "/certs", readOnly: true },
];
const declares = {
  configEntries: configEntries.parse([defaults, intentions]),
  external: external.parse(outside),
  variables: variables.parse(["nary/api"]),
  volumes: volumes.parse(mounts),
};

const entries = (role: Role, given: ConfigEntryArgs[]) => () =>
  new ConsulService(role, { ...shared, role, configEntries: given });
const places = () => new ConsulService("production", { ...shared, role: "production", external: outside });
const job = (mounted: typeof mounts) => () =>
  new ServiceJob("job", { ...shared, task: { driver: "exec" }, volumes: mounted });
const variable = () => new nomad.Variable("variable", { path: "nary/api", items: { a: "b" } });

/** What of Pulumi fails without a right, and with what words. */
type Row = {
  declare: () => unknown;
  operation: "up" | "refresh" | "destroy";
  says: RegExp;
};

const lacksConsul = (permission: string, on: string) =>
  new RegExp(`403 .*lacks permission '${permission}' on "${on}`);
const lacksNomad = (what: string) => new RegExp(`${what}.*403.*Permission denied`);

const consulRows: Record<string, Row> = {
  'key_prefix "nary/local/api/declared/" { policy = "write" }': {
    declare: entries("canary", []),
    operation: "up",
    says: lacksConsul("key:write", "nary/local/api/declared/canary/"),
  },
  'key_prefix "nary/_services/api/" { policy = "write" }': {
    declare: entries("canary", []),
    operation: "up",
    says: /403 .*lacks permission 'key:(?:read|write)' on "nary\/_services\/api\/canary"/,
  },
  'key_prefix "nary/local/_projects/" { policy = "write" }': {
    declare: () =>
      new consul.Keys("name", { keys: [{ path: "nary/local/_projects/nary", value: "api", delete: true }] }),
    operation: "up",
    says: /403 .*lacks permission 'key:(?:read|write)' on "nary\/local\/_projects\/nary"/,
  },
  'service "api-canary" { policy = "write" }': {
    declare: entries("canary", [defaults]),
    operation: "up",
    says: lacksConsul("service:write", "api-canary"),
  },
  'service "api-twin" { policy = "write" }': {
    declare: entries("twin", [defaults]),
    operation: "up",
    says: lacksConsul("service:write", "api-twin"),
  },
  'service "api" { policy = "write" }': {
    declare: entries("production", [defaults]),
    operation: "up",
    says: lacksConsul("service:write", "api"),
  },
  'service "api-canary" { policy = "read" intentions = "write" }': {
    declare: entries("canary", [intentions]),
    operation: "up",
    says: lacksConsul("intention:write", "api-canary"),
  },
  'service "api-twin" { policy = "read" intentions = "write" }': {
    declare: entries("twin", [intentions]),
    operation: "up",
    says: lacksConsul("intention:write", "api-twin"),
  },
  'service "api" { policy = "read" intentions = "write" }': {
    declare: entries("production", [intentions]),
    operation: "up",
    says: lacksConsul("intention:write", "api"),
  },
  'node "db-1" { policy = "write" }': {
    declare: places,
    operation: "up",
    says: lacksConsul("node:write", "db-1"),
  },
  'service "db" { policy = "write" }': {
    declare: places,
    operation: "up",
    says: lacksConsul("service:write", "db"),
  },
};

const nomadRows: Record<string, Row> = {
  "submit-job": { declare: job([]), operation: "up", says: lacksNomad("jobspec: ") },
  "read of nary/api": { declare: variable, operation: "refresh", says: lacksNomad("nary/api") },
  "write of nary/api": { declare: variable, operation: "up", says: lacksNomad("nary/api") },
  "destroy of nary/api": { declare: variable, operation: "destroy", says: lacksNomad("nary/api") },
  "write of data": {
    declare: job(mounts.slice(0, 1)),
    operation: "up",
    says: lacksNomad("jobspec: "),
  },
  "read of certs": {
    declare: job(mounts.slice(1)),
    operation: "up",
    says: lacksNomad("jobspec: "),
  },
};

/** Pulumi reads no logs. */
const gatesOwn = "read-logs";

const nameOf = (right: ConsulRight) => renderConsulRules([right]).replaceAll(/\s+/g, " ").trim();

function nameOfNomad(right: NomadRight): string {
  switch (right.resource) {
    case "namespace":
      return right.capability;
    case "variables":
      return `${right.capability} of ${right.name}`;
    case "host_volume":
      return `${right.policy} of ${right.name}`;
  }
}

describe("the rights with which a gate runs Pulumi", function () {
  this.timeout(120_000);
  let consul: AclServer;
  let nomadServer: AclServer;
  const watches = consulWatch(whose);
  const inConsul = [...watches, ...consulAct(whose, declares)];
  const inNomad = [...nomadWatch(), ...nomadAct(declares)];

  before(async () => {
    [consul, nomadServer] = await Promise.all([startAclConsul(), startAclNomad()]);
  });

  after(stopAclServers);

  /** A stack of somebody who may do no more than this. */
  const stackOf = async (rights: readonly ConsulRight[], others: readonly NomadRight[]) =>
    newStack({
      CONSUL_HTTP_ADDR: consul.address,
      CONSUL_HTTP_TOKEN: await consulTokenWith(
        consul,
        renderConsulRules(rights.filter((right) => watches.includes(right))),
        renderConsulRules(rights.filter((right) => !watches.includes(right))),
      ),
      NOMAD_ADDR: nomadServer.address,
      NOMAD_TOKEN: await nomadTokenWith(
        nomadServer,
        renderNomadRules(nomadNamespace.parse("default"), others),
      ),
    });

  const program = (declare: () => unknown) => () => {
    declare();
    return Promise.resolve();
  };

  async function fails(stack: TestStack, right: string, { declare, operation, says }: Row): Promise<void> {
    if (operation !== "up") await stack.up(program(declare));
    const run = { up: () => stack.up(program(declare)), refresh: stack.refresh, destroy: stack.destroy };
    await assert.rejects(run[operation](), { message: says }, `without ${right}`);
  }

  it("are enough to bring all up that the stacks declare, to look at it again, and to take it away", async () => {
    const stack = await stackOf(inConsul, inNomad);
    const all = program(() => {
      const args = { ...shared, configEntries: [defaults, intentions] };
      new ConsulService("canary", { ...args, role: "canary" });
      new ConsulService("production", { ...args, role: "production", external: outside });
      job(mounts)();
      variable();
    });
    await stack.up(all);
    const { steps } = await stack.up(all, { refresh: true });
    assert.ok(
      steps.every(({ op }) => ["refresh", "same"].includes(op)),
      JSON.stringify(steps),
    );
    await stack.destroy();
  });

  it("in Consul, are none that Pulumi could do without", async () => {
    const gates = consulAct(whose, { configEntries: [], external: [] }).map(nameOf);
    const pulumis = inConsul.slice(consulWatch(whose).length).map(nameOf);
    const others = pulumis.filter((right) => !gates.includes(right) || right in consulRows);
    assert.deepEqual(new Set(Object.keys(consulRows)), new Set(others));
    for (const [right, row] of Object.entries(consulRows)) {
      const stack = await stackOf(
        inConsul.filter((each) => nameOf(each) !== right),
        inNomad,
      );
      await fails(stack, right, row);
    }
  });

  it("in Nomad, are none that Pulumi could do without", async () => {
    const pulumis = nomadAct(declares)
      .map(nameOfNomad)
      .filter((right) => right !== gatesOwn);
    assert.deepEqual(new Set(Object.keys(nomadRows)), new Set(pulumis));
    for (const [right, row] of Object.entries(nomadRows)) {
      const stack = await stackOf(
        inConsul,
        inNomad.filter((each) => nameOfNomad(each) !== right),
      );
      await fails(stack, right, row);
    }
  });
});
