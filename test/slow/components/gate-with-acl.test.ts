import assert from "node:assert/strict";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { nomadAct, nomadWatch, renderNomadRules } from "../../../components/consul/nomad-rules.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { nomadNamespace } from "../../../settings/placement.ts";
import { nary, type Ended } from "../../integration/cli/nary.ts";
import { configure, newProject, type Project } from "../../integration/stack/project.ts";
import {
  answer,
  startAclConsul,
  startAclNomadClient,
  stopAclServers,
  type AclServer,
} from "../../support/acl-servers.ts";
import { consulTokenWith, nomadTokenWith } from "../../support/acl-tokens.ts";
import { sharedCluster } from "../../support/cluster.ts";

const canary = "local-canary";
const production = "local-production";
const access = join(import.meta.dirname, "../../../access");

/** A service that counts, and whose release `bad` fails. */
const service = `
let requestCount = 0, errorCount = 0;
const isBad = process.env.NARY_RELEASE === "bad";
require("http").createServer(({ url }, response) => {
  if (url === "/status") return response.end();
  if (url === "/api/errorAndRequestCount") return response.end(JSON.stringify({ errorCount, requestCount }));
  requestCount += 1;
  if (isBad) { errorCount += 1; console.error("no such column"); }
  response.writeHead(isBad ? 500 : 200).end();
}).listen(process.env.PORT, process.env.HOST);`.replaceAll(/\s+/g, " ");

/** What an agent of Nomad needs in Consul, as its manual has it. */
const agentRules = `
agent_prefix "" { policy = "read" }
node_prefix "" { policy = "read" }
service_prefix "" { policy = "write" }`;

describe("a gate where Consul and Nomad deny by default", function () {
  this.timeout(600_000);
  let consul: AclServer;
  let nomad: AclServer;
  let project: Project;
  let env: NodeJS.ProcessEnv;
  let port: number;

  before(async () => {
    const { fixedPort } = await sharedCluster();
    port = fixedPort();
    consul = await startAclConsul();
    nomad = await startAclNomadClient(consul, await consulTokenWith(consul, agentRules));
    project = await newProject([canary, production], {
      CONSUL_HTTP_ADDR: consul.address,
      CONSUL_HTTP_TOKEN: consul.token,
      NOMAD_ADDR: nomad.address,
      NOMAD_TOKEN: nomad.token,
    });
    const common = {
      count: "1",
      cpu: "20",
      memory: "64",
      shutdownDelaySeconds: "0",
      "task.driver": "raw_exec",
      "task.command": process.execPath,
      "task.args[0]": "-e",
      "task.args[1]": service,
      "configEntries[0].kind": "service-defaults",
      "configEntries[0].protocol": "http",
    };
    await configure(project, canary, { ...common, "policy.errorRate": "0.1", "gate.rolloutSeconds": "60" });
    await configure(project, production, {
      ...common,
      count: "2",
      "update.minHealthySeconds": "1",
      "update.healthySeconds": "60",
      "haproxy.port": String(port),
      "haproxy.statsPort": String(fixedPort()),
      "haproxy.cpu": "20",
      "external[0].name": "postgres",
      "external[0].address": "192.0.2.1",
      "external[0].port": "5432",
    });
    // As docs/acl.md tells whoever manages ACLs.
    await cp(access, join(project.folder, "access"), { recursive: true });
    const inAccess = (...args: string[]) => project.pulumi(...args, "-C", "access", "-s", "local");
    await project.pulumi("stack", "init", "local", "-C", "access");
    await inAccess("config", "set", "nary:service", "api");
    await inAccess("config", "set", "--path", "nary:configEntries[0].kind", "service-defaults");
    await inAccess("config", "set", "--path", "nary:external[0].name", "postgres");
    await inAccess("config", "set", "--path", "nary:external[0].address", "192.0.2.1");
    await inAccess("config", "set", "--path", "nary:external[0].port", "5432");
    await inAccess("up", "--yes", "--skip-preview");
    const output = async (name: string) => (await inAccess("stack", "output", name, "--show-secrets")).trim();
    env = {
      ...project.env,
      CONSUL_HTTP_TOKEN: await output("consulToken"),
      NOMAD_TOKEN: await output("nomadToken"),
    };
    await letHaproxyIn(await output("haproxyPolicy"));
  });

  /** HAProxy's task gets the policy by its workload identity, as docs/acl.md has it. */
  async function letHaproxyIn(policy: string): Promise<void> {
    const method = {
      Name: "nomad-workloads",
      Type: "jwt",
      Config: {
        JWKSURL: `${nomad.address}/.well-known/jwks.json`,
        JWTSupportedAlgs: ["RS256"],
        BoundAudiences: ["consul.io"],
        ClaimMappings: { nomad_job_id: "nomad_job_id" },
      },
    };
    const rule = {
      AuthMethod: method.Name,
      BindType: "policy",
      BindName: policy,
      Selector: 'value.nomad_job_id == "api-haproxy"',
    };
    await answer(consul.request("PUT", "/v1/acl/auth-method", method), z.unknown());
    await answer(consul.request("PUT", "/v1/acl/binding-rule", rule), z.unknown());
  }

  after(stopAclServers);

  /** Releases, with clients at HAProxy's door all the while. */
  async function release(...args: string[]): Promise<Ended> {
    const over = new AbortController();
    const clients = (async () => {
      while (!over.signal.aborted) {
        await fetch(`http://127.0.0.1:${port}/`).then((response) => response.text(), String);
        await sleep(10);
      }
    })();
    try {
      const ended = await nary(["release", ...args, "-s", canary], { cwd: project.folder, env });
      for (const secret of [env["CONSUL_HTTP_TOKEN"], env["NOMAD_TOKEN"]])
        assert.ok(secret !== undefined && !(ended.stdout + ended.stderr).includes(secret));
      return ended;
    } finally {
      over.abort();
      await clients;
    }
  }

  const told = ({ stdout, stderr }: Ended) => `${stdout}\n${stderr}`;
  const jobs = () =>
    answer(nomad.request("GET", "/v1/jobs"), z.array(z.object({ ID: z.string() }))).then((all) =>
      all.map(({ ID: id }) => id).sort(),
    );

  it("promotes and rejects with its own tokens alone", async () => {
    const first = await release("first", "--first");
    assert.equal(first.code, 0, told(first));
    assert.deepEqual(await jobs(), ["api", "api-haproxy"]);

    const good = await release("good");
    assert.equal(good.code, 0, told(good));
    const bad = await release("bad");
    assert.equal(bad.code, 1, told(bad));
    const [, file = ""] = /what the canaries knew is kept in (.+)/.exec(bad.stdout) ?? [];
    assert.match(await readFile(file, "utf8"), /"stderr": \[\s*"no such column"/);

    const promoted = await consul.request("GET", "/v1/kv/nary/local/api/run/promoted?raw");
    assert.match(await promoted.text(), /"release":"good"/);
    assert.deepEqual(await jobs(), ["api", "api-haproxy"]);
  });

  it("reads no logs without the right to, and says which one it is", async () => {
    const rights = [...nomadWatch(), ...nomadAct({ variables: [], volumes: [] })].filter(
      (right) => right.resource !== "namespace" || right.capability !== "read-logs",
    );
    const rules = renderNomadRules(nomadNamespace.parse("default"), rights);
    const without = new Nomad(new URL(nomad.address), await nomadTokenWith(nomad, rules));
    const own = new Nomad(new URL(nomad.address), env["NOMAD_TOKEN"]);
    try {
      const [one] = (await own.allocations("api")).allocations;
      assert.ok(one !== undefined);
      const [task = ""] = Object.keys(one.tasks);
      assert.equal(await own.logEnd(one.id, task, "stderr", 100), "");
      await assert.rejects(without.logEnd(one.id, task, "stderr", 100), {
        message:
          /403 to GET \/v1\/client\/fs\/logs\/\S+ Permission denied\. The token lacks the right read-logs /,
      });
    } finally {
      await Promise.all([own.close(), without.close()]);
    }
  });
});
