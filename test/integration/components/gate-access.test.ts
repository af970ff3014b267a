import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  consulAct,
  consulHaproxy,
  consulWatch,
  renderConsulRules,
  type ConsulRight,
} from "../../../components/consul/consul-rules.ts";
import {
  nomadAct,
  nomadWatch,
  renderNomadRules,
  type NomadRight,
} from "../../../components/consul/nomad-rules.ts";
import { GateAccess } from "../../../components/gate-access.ts";
import { renderBackend } from "../../../components/haproxy/backend.ts";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { serviceName } from "../../../settings/names.ts";
import { keysOf } from "../../../settings/records.ts";
import { nomadNamespace } from "../../../settings/placement.ts";
import { environmentName } from "../../../settings/stacks.ts";
import { startAclConsul, startAclNomad, stopAclServers, type AclServer } from "../../support/acl-servers.ts";
import { consulTokenWith, nomadTokenWith } from "../../support/acl-tokens.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { newStack, type TestStack } from "../plugins/stack.ts";

const whose = { environment: environmentName.parse("local"), service: serviceName.parse("api") };
const keys = keysOf(whose.environment, whose.service);
const nothing = { configEntries: [], external: [], variables: [], volumes: [] };
const namespaceName = nomadNamespace.parse("default");
const job = { ID: "api-canary", Datacenters: ["*"], Meta: { of: "test" }, TaskGroups: [group()] };

function group() {
  return { Name: "group", Tasks: [{ Name: "task", Driver: "raw_exec", Config: { command: "/bin/true" } }] };
}

/** What a token without a right cannot do, and the sentence that it gets. */
type Row<Client> = readonly [right: string, operation: (client: Client) => Promise<unknown>, says: RegExp];

const consulWatches: Row<Consul>[] = [
  [
    'key_prefix "nary/local/api/run/" { policy = "read" }',
    (consul) => consul.get(keys.promoted),
    /^Consul at http.* 403 to GET .*lacks permission 'key:read' on "nary\/local\/api\/run\/promoted"/,
  ],
  [
    'key_prefix "nary/local/api/declared/" { policy = "read" }',
    (consul) => consul.get(keys.declaredRecord("canary")),
    /^Consul at http.* 403 to GET .*lacks permission 'key:read' on "nary\/local\/api\/declared\/canary\/record"/,
  ],
  ...["api", "api-canary", "api-twin", "api-haproxy"].map((name): Row<Consul> => [
    `service "${name}" { policy = "read" }`,
    (consul) => consul.instances(name),
    new RegExp(
      `^Consul at http.* left out of its answer to GET .*lacks the right service:read on "${name}", or node:read`,
    ),
  ]),
  [
    'node_prefix "" { policy = "read" }',
    (consul) => consul.instances("api-canary"),
    /^Consul at http.* left out of its answer to GET .*lacks the right service:read on "api-canary", or node:read/,
  ],
];

const consulWrites: Row<Consul>[] = [
  [
    'key_prefix "nary/local/api/run/" { policy = "write" }',
    (consul) => consul.put(keys.traffic, "on"),
    /^Consul at http.* 403 to PUT .*lacks permission 'key:write' on "nary\/local\/api\/run\/traffic"/,
  ],
  [
    'key_prefix "nary/local/api/declared/" { policy = "write" }',
    (consul) => consul.delete(keys.declaredRecord("production")),
    /^Consul at http.* 403 to DELETE .*lacks permission 'key:write' on "nary\/local\/api\/declared\/production/,
  ],
];

const nomadRow = (right: string, what: string, operation: (nomad: Nomad) => Promise<unknown>) =>
  [
    right,
    operation,
    new RegExp(`^Nomad at http.* 403 to ${what}: Permission denied\\. The token lacks the right ${right} `),
  ] as const;

const nomadWatches: Row<Nomad>[] = [
  nomadRow("list-jobs", "GET /v1/jobs", (nomad) => nomad.jobsWith({ of: "test" })),
  nomadRow("read-job", "GET /v1/job/api-canary", (nomad) => nomad.job(job.ID)),
  nomadRow("read-job", "GET /v1/job/api-canary/allocations", (nomad) => nomad.allocations(job.ID)),
  nomadRow("read-job", "GET /v1/job/api-canary/deployments", (nomad) => nomad.deployments(job.ID)),
  nomadRow("read-job", "GET /v1/job/api-canary/evaluations", (nomad) => nomad.evaluations(job.ID)),
];

const nomadWrites: Row<Nomad>[] = [
  nomadRow("submit-job", "DELETE /v1/job/api-canary", (nomad) => nomad.purge(job.ID)),
];

const ruleOf = (right: ConsulRight) => renderConsulRules([right]).trim();
const capabilityOf = (right: NomadRight) => (right.resource === "namespace" ? right.capability : "");

describe("the access of a gate", function () {
  this.timeout(60_000);
  let consul: AclServer;
  let nomad: AclServer;
  let stack: TestStack;
  const secrets = { consul: "", nomad: "" };

  /** The gate's client, as the holder of a token. */
  async function withConsul<T>(token: string, work: (client: Consul) => Promise<T>): Promise<T> {
    const client = new Consul(new URL(consul.address), token);
    return await work(client).finally(() => client.close());
  }

  async function withNomad<T>(token: string, work: (client: Nomad) => Promise<T>): Promise<T> {
    const client = new Nomad(new URL(nomad.address), token);
    return await work(client).finally(() => client.close());
  }

  const consulWithout = (rights: readonly ConsulRight[], right: string) =>
    consulTokenWith(consul, renderConsulRules(rights.filter((each) => ruleOf(each) !== right)));
  const nomadWithout = (rights: readonly NomadRight[], right: string) =>
    nomadTokenWith(
      nomad,
      renderNomadRules(
        namespaceName,
        rights.filter((each) => capabilityOf(each) !== right),
      ),
    );

  before(async () => {
    [consul, nomad] = await Promise.all([startAclConsul(), startAclNomad()]);
    await consul.request("PUT", `/v1/kv/${keys.traffic}`, undefined);
    for (const [name, port] of [
      ["api", 81],
      ["api-canary", 82],
      ["api-twin", 83],
      ["api-haproxy", 84],
    ])
      await consul.request("PUT", "/v1/agent/service/register", { Name: name, Port: port });
    await nomad.request("PUT", "/v1/jobs", { Job: job });
    stack = await newStack({
      CONSUL_HTTP_ADDR: consul.address,
      CONSUL_HTTP_TOKEN: consul.token,
      NOMAD_ADDR: nomad.address,
      NOMAD_TOKEN: nomad.token,
    });
    await stack.up(() => {
      const access = new GateAccess("gate", whose);
      access.consulToken.apply((secret) => (secrets.consul = secret));
      access.nomadToken.apply((secret) => (secrets.nomad = secret));
      const { consulToken, nomadToken } = access;
      return Promise.resolve({ consulToken, nomadToken });
    });
  });

  after(async () => {
    try {
      await stack.destroy();
    } finally {
      await stopAclServers();
    }
  });

  it("is enough for what the gate itself does, and its secrets are nowhere in clear", async () => {
    for (const [, operation] of [...consulWatches, ...consulWrites])
      await withConsul(secrets.consul, operation);
    for (const [, operation] of nomadWatches) await withNomad(secrets.nomad, operation);
    const session = { LockDelay: "1s", TTL: "10s", NodeChecks: [] };
    assert.ok((await consul.request("PUT", "/v1/session/create", session, secrets.consul)).ok);
    const state = await stack.state();
    for (const secret of Object.values(secrets)) {
      assert.match(secret, /^[0-9a-f-]{36}$/);
      assert.ok(!state.includes(secret));
    }
  });

  it("is no more than that", async () => {
    const asConsul = async (method: string, path: string, body?: unknown) =>
      (await consul.request(method, path, body, secrets.consul)).status;
    assert.equal(await asConsul("PUT", "/v1/kv/nary/local/apis/run/traffic"), 403);
    assert.equal(await asConsul("GET", "/v1/kv/nary/local/other/run/traffic"), 403);
    assert.equal(await asConsul("PUT", "/v1/agent/service/register", { Name: "api" }), 403);
    assert.equal(await asConsul("GET", "/v1/acl/policies"), 403);
    const asNomad = async (path: string) =>
      (await nomad.request("GET", path, undefined, secrets.nomad)).status;
    assert.equal(await asNomad("/v1/nodes"), 403);
    assert.equal(await asNomad("/v1/var/nary?namespace=default"), 403);
  });

  it("in Consul, has no right to read that could be taken away", async () => {
    const rights = consulWatch(whose);
    assert.deepEqual(new Set(consulWatches.map(([right]) => right)), new Set(rights.map(ruleOf)));
    for (const [right, operation, says] of consulWatches) {
      const token = await consulWithout(rights, right);
      await assert.rejects(withConsul(token, operation), { message: says }, `without ${right}`);
    }
  });

  it("in Consul, has no right to write that the gate could do without", async () => {
    const rights = [...consulWatch(whose), ...consulAct(whose, nothing)];
    const session = 'session_prefix "" { policy = "write" }';
    // The slow lane shows what Pulumi alone needs.
    const pulumis = ["nary/local/_projects/", "nary/_services/api/"].map(
      (name) => `key_prefix "${name}" { policy = "write" }`,
    );
    assert.deepEqual(
      new Set([...consulWrites.map(([right]) => right), session, ...pulumis]),
      new Set(consulAct(whose, nothing).map(ruleOf)),
    );
    for (const [right, operation, says] of consulWrites) {
      const token = await consulWithout(rights, right);
      await assert.rejects(withConsul(token, operation), { message: says }, `without ${right}`);
    }
    const answer = await consul.request(
      "PUT",
      "/v1/session/create",
      {},
      await consulWithout(rights, session),
    );
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /lacks permission 'session:write'/);
  });

  it("in Nomad, has no right that the gate could do without", async () => {
    const rights = [...nomadWatch(), ...nomadAct(nothing)];
    const rows = [...nomadWatches, ...nomadWrites];
    // The slow lane shows it, where instances have logs.
    const others = ["read-logs"];
    assert.deepEqual(
      new Set([...rows.map(([right]) => right), ...others]),
      new Set(rights.map(capabilityOf)),
    );
    for (const [right, operation, says] of rows) {
      const token = await nomadWithout(rights, right);
      await assert.rejects(withNomad(token, operation), { message: says }, `without ${right}`);
    }
    for (const [, operation] of nomadWrites) await withNomad(secrets.nomad, operation);
  });

  it("for HAProxy, has no right that its template could do without", async () => {
    const { environment } = await sharedCluster();
    const folder = await temporaryFolder();
    const template = join(folder, "backend.tpl");
    const haproxy = haproxyOf({ ...whose });
    await writeFile(template, renderBackend(haproxy, haproxy));
    await consul.request("PUT", `/v1/kv/${keys.traffic}`, undefined);
    await withConsul(consul.token, (client) => client.put(keys.traffic, "on twin"));
    const render = async (token: string) => {
      const args = ["-once", "-dry", "-consul-retry=false", "-template", template];
      const env = { ...environment, CONSUL_HTTP_ADDR: consul.address, CONSUL_HTTP_TOKEN: token };
      const { stdout, stderr } = await runProgram("consul-template", args, { env });
      const servers = [...stdout.matchAll(/^ {2}server (\w+?)_/gm)].map(([, side]) => side);
      return { servers, stderr };
    };
    const rights = consulHaproxy(whose);
    const all = await render(await consulTokenWith(consul, renderConsulRules(rights)));
    assert.deepEqual(all.servers, ["api", "canary", "twin"], all.stderr);
    const expected: Record<string, readonly string[] | RegExp> = {
      'key "nary/local/api/run/traffic" { policy = "read" }':
        /403 .*lacks permission 'key:read' on "nary\/local\/api\/run\/traffic"/,
      'service "api" { policy = "read" }': ["canary", "twin"],
      // Without canaries there is nothing that a twin could be compared with.
      'service "api-canary" { policy = "read" }': ["api"],
      'service "api-twin" { policy = "read" }': ["api", "canary"],
      'node_prefix "" { policy = "read" }': [],
    };
    assert.deepEqual(new Set(Object.keys(expected)), new Set(rights.map(ruleOf)));
    for (const [right, outcome] of Object.entries(expected)) {
      const { servers, stderr } = await render(await consulWithout(rights, right));
      if (outcome instanceof RegExp) assert.match(stderr, outcome);
      else assert.deepEqual(servers, outcome, `without ${right}`);
    }
  });
});
