import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { renderConfigEntry } from "../../../components/consul/config-entries.ts";
import {
  consulAct,
  consulAsk,
  consulHaproxy,
  consulLook,
  consulWatch,
  renderConsulRules,
} from "../../../components/consul/consul-rules.ts";
import { renderExternal, renderNodes } from "../../../components/consul/external.ts";
import { nomadAct, nomadWatch, renderNomadRules, variables } from "../../../components/consul/nomad-rules.ts";
import { volumes } from "../../../components/job/volumes.ts";
import { configEntries } from "../../../settings/consul-entries.ts";
import { external } from "../../../settings/consul-external.ts";
import { registeredName, serviceName } from "../../../settings/names.ts";
import { nomadNamespace } from "../../../settings/placement.ts";
import { environmentName } from "../../../settings/stacks.ts";
import { minimal, parse } from "../settings/stack-file.ts";

const canary = registeredName.parse("api-canary");
const rendered = (given: unknown) =>
  configEntries.parse(given).map((entry) => {
    const { kind, name, configJson } = renderConfigEntry(entry, canary);
    const config: unknown = JSON.parse(configJson);
    return { kind, name, config };
  });

describe("config entries", () => {
  it("have only the fields that are given, under the name that the role has", () => {
    assert.deepEqual(rendered([{ kind: "service-defaults" }]), [
      { kind: "service-defaults", name: "api-canary", config: {} },
    ]);
    assert.deepEqual(rendered([{ kind: "service-defaults", protocol: "grpc" }])[0]?.config, {
      Protocol: "grpc",
    });
  });

  it("take lists of who may connect and who may not", () => {
    assert.deepEqual(rendered([{ kind: "service-intentions", allow: ["web"], deny: ["*"] }]), [
      {
        kind: "service-intentions",
        name: "api-canary",
        config: {
          Sources: [
            { Name: "web", Action: "allow" },
            { Name: "*", Action: "deny" },
          ],
        },
      },
    ]);
  });
});

const db = { name: "db", address: "db.example", port: 5432 };
const outside = (...all: object[]) => external.parse(all.map((each) => ({ ...db, ...each })));

describe("services outside", () => {
  it("are each on a node of their own name unless told otherwise", () => {
    assert.deepEqual(renderNodes(outside({})), [
      { name: "db", address: "db.example", meta: { "external-node": "true" } },
    ]);
    const two = outside({ node: "one" }, { name: "other", node: "one", port: 1 });
    assert.deepEqual(
      renderNodes(two).map(({ name }) => name),
      ["one"],
    );
    assert.deepEqual(
      two.map(renderExternal).map(({ node, serviceId }) => [node, serviceId]),
      [
        ["one", "db"],
        ["one", "other"],
      ],
    );
  });

  it("are checked at their own address, also one of version 6", () => {
    const checks = [{ type: "tcp" }, { type: "http", path: "/health", timeoutSeconds: 0.5 }];
    const [first] = outside({ address: "2001:db8::1", checks });
    assert.ok(first !== undefined);
    assert.deepEqual(renderExternal(first).checks, [
      { checkId: "db-1", name: "db by tcp", interval: "10s", timeout: "2s", tcp: "[2001:db8::1]:5432" },
      {
        checkId: "db-2",
        name: "db by http",
        interval: "10s",
        timeout: "0.5s",
        http: "http://[2001:db8::1]:5432/health",
      },
    ]);
    assert.deepEqual(renderNodes(outside({ checks }))[0]?.meta, {
      "external-node": "true",
      "external-probe": "true",
    });
  });
});

/** The sentence with which a setting of production is refused. */
function refusal(setting: object): string {
  try {
    parse({ ...minimal("production"), ...setting });
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new Error("It was accepted.");
}

describe("the settings of Consul", () => {
  const defaults = { kind: "service-defaults" };

  it("are refused in one sentence that says what is allowed", () => {
    const cases: readonly (readonly [setting: object, says: RegExp])[] = [
      [
        { configEntries: [{ kind: "mesh" }] },
        /configEntries\[0\].* one of: service-defaults, service-intent/,
      ],
      [{ configEntries: [{ ...defaults, protocol: "ftp" }] }, /it must be one of: tcp, http, http2, grpc/],
      [{ configEntries: [{ ...defaults, protocoll: "tcp" }] }, /protocoll is not a setting/],
      [{ configEntries: [defaults, defaults] }, /it must not have a kind twice/],
      [{ configEntries: [{ kind: "service-intentions" }] }, /it must name a service in allow or deny/],
      [
        { configEntries: [{ kind: "service-intentions", allow: ["a"], deny: ["a"] }] },
        /it must not name a service twice in allow and deny/,
      ],
      [
        { configEntries: [{ kind: "service-intentions", allow: ['a" {'] }] },
        /it must be a service's name in Consul, or \* for all/,
      ],
      [{ external: [{ name: "db", address: "db" }] }, /external\[0\]\.port is missing/],
      [{ external: [{ ...db, address: "http://db" }] }, /it must be an IP address or a host's name/],
      [{ external: [{ ...db, name: "d b" }] }, /it must be a name in Consul/],
      [{ external: [db, db] }, /it must not have a name twice on one node/],
      [
        {
          external: [
            { ...db, node: "n" },
            { ...db, name: "other", node: "n", address: "elsewhere" },
          ],
        },
        /it must not have two addresses for one node/,
      ],
      [{ external: [{ ...db, checks: [{ type: "udp" }] }] }, /checks\[0\].* one of: http, tcp/],
    ];
    for (const [setting, says] of cases) assert.match(refusal(setting), says);
  });

  it("have nothing outside in a canary", () => {
    assert.throws(() => parse({ ...minimal("canary"), external: [db] }), /external is not a setting/);
  });
});

const whose = { environment: environmentName.parse("default"), service: serviceName.parse("api") };
const entries = (...kinds: string[]) =>
  configEntries.parse(kinds.map((kind) => (kind.endsWith("intentions") ? { kind, deny: ["*"] } : { kind })));

/** Rules without comments and line ends. */
const plain = (rules: string) =>
  rules
    .replaceAll(/\s*#.*$/gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();

describe("the rights of a gate", () => {
  let documented: string[];

  before(async () => {
    const text = await readFile(new URL("../../../docs/acl.md", import.meta.url), "utf8");
    documented = [...text.matchAll(/^```hcl\n(.*?)^```/gms)].map(([, rules = ""]) => plain(rules));
  });

  const isDocumented = (rules: string) => {
    assert.ok(documented.includes(plain(rules)), `docs/acl.md does not have:\n${rules}`);
  };

  it("in Consul are those that docs/acl.md has", () => {
    const declares = {
      configEntries: entries("service-defaults", "service-intentions"),
      external: outside({ node: "db-1" }),
    };
    isDocumented(renderConsulRules(consulWatch(whose)));
    isDocumented(renderConsulRules(consulAct(whose, declares)));
    isDocumented(renderConsulRules(consulHaproxy(whose)));
  });

  it("are those of docs/people.md for people who look and ask", async () => {
    const text = await readFile(new URL("../../../docs/people.md", import.meta.url), "utf8");
    const rules = [...text.matchAll(/^```hcl\n(.*?)^```/gms)].map(([, each = ""]) => plain(each));
    assert.deepEqual(
      rules,
      [consulLook(whose), consulAsk(whose)].map((each) => plain(renderConsulRules(each))),
    );
  });

  it("are fewer where less is declared", () => {
    const rules = renderConsulRules(
      consulAct(whose, { configEntries: entries("service-intentions"), external: [] }),
    );
    assert.match(rules, /^service "api" \{\n {2}policy {5}= "read"\n {2}intentions = "write"\n\}$/m);
    assert.doesNotMatch(rules, /node/);
  });

  it("in Nomad are those that docs/acl.md has, in the namespace of the jobs", () => {
    const declares = {
      variables: variables.parse(["nary/api"]),
      volumes: volumes.parse([
        { source: "data", destination: "/data" },
        { source: "certs", destination: "/certs", readOnly: true },
      ]),
    };
    isDocumented(renderNomadRules(nomadNamespace.parse("default"), nomadWatch()));
    isDocumented(renderNomadRules(nomadNamespace.parse("default"), nomadAct(declares)));
    assert.match(renderNomadRules(nomadNamespace.parse("shop"), nomadWatch()), /^namespace "shop" \{/);
  });
});
