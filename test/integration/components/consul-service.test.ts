import assert from "node:assert/strict";
import { z } from "zod";
import { ConsulService } from "../../../components/consul-service.ts";
import type { ConfigEntryArgs, ExternalArgs } from "../../../components/consul/args.ts";
import { deleteEntry, deregisterNode, liveEntry, liveNode } from "../plugins/consul-api.ts";
import { newStack, type TestStack } from "../plugins/stack.ts";

const shared = { environment: "test", service: "consul-service-test", release: "api:2", count: 2 };
const names = [shared.service, `${shared.service}-canary`];
const node = "consul-service-test-db";

const configEntries: ConfigEntryArgs[] = [
  {
    kind: "service-defaults",
    protocol: "http",
    maxInboundConnections: 100,
    balanceInboundConnections: true,
    localConnectTimeoutSeconds: 1.5,
    localRequestTimeoutSeconds: 30,
    meta: { owner: "tests" },
  },
  { kind: "service-intentions", allow: ["consul-service-test-web"], deny: ["*"] },
];
const external: ExternalArgs[] = [
  {
    name: "consul-service-test-postgres",
    node,
    address: "192.0.2.1",
    port: 5432,
    tags: ["primary"],
    meta: { version: "17" },
    checks: [{ type: "tcp" }, { type: "http", path: "/health", intervalSeconds: 60 }],
  },
  { name: "consul-service-test-pgbouncer", node, address: "192.0.2.1", port: 6432 },
];

/** Both roles in one stack, which a user has in two. */
const declare =
  (entries = configEntries, outside = external) =>
  () => {
    const args = { ...shared, configEntries: entries };
    new ConsulService("canary", { ...args, role: "canary" });
    new ConsulService("production", { ...args, external: outside, role: "production" });
    return Promise.resolve();
  };

const defaults = z.object({
  Protocol: z.string(),
  MaxInboundConnections: z.number(),
  BalanceInboundConnections: z.string(),
  LocalConnectTimeoutMs: z.number(),
  LocalRequestTimeoutMs: z.number(),
  Meta: z.record(z.string(), z.string()),
});
const intentions = z.object({ Sources: z.array(z.object({ Name: z.string(), Action: z.string() })) });

describe("ConsulService, in a real Consul", function () {
  this.timeout(60_000);
  let stack: TestStack;

  before(async () => {
    stack = await newStack();
  });

  after(async () => {
    // Nothing of this is there any more, unless the test has failed.
    for (const name of names) {
      await deleteEntry("service-intentions", name);
      await deleteEntry("service-defaults", name);
    }
    await deregisterNode(node);
  });

  it("declares config entries for both roles and what is outside for production, and takes all of it away", async () => {
    await stack.up(declare());
    for (const name of names) {
      assert.deepEqual(defaults.parse(await liveEntry("service-defaults", name)), {
        Protocol: "http",
        MaxInboundConnections: 100,
        BalanceInboundConnections: "exact_balance",
        LocalConnectTimeoutMs: 1500,
        LocalRequestTimeoutMs: 30_000,
        Meta: { owner: "tests" },
      });
      assert.deepEqual(intentions.parse(await liveEntry("service-intentions", name)).Sources, [
        { Name: "consul-service-test-web", Action: "allow" },
        { Name: "*", Action: "deny" },
      ]);
    }
    assert.deepEqual(await liveNode(node), {
      meta: { "external-node": "true", "external-probe": "true" },
      services: { "consul-service-test-postgres": 5432, "consul-service-test-pgbouncer": 6432 },
    });

    const again = await stack.up(declare(), { refresh: true });
    assert.ok(
      again.steps.every(({ op }) => ["refresh", "same"].includes(op)),
      JSON.stringify(again.steps),
    );

    const changed = await stack.up(declare([], external.slice(0, 1)));
    const gone = changed.steps.filter(({ op }) => op === "delete").map(({ name }) => name);
    assert.deepEqual(gone.sort(), [
      "canary/service-defaults",
      "canary/service-intentions",
      "production/consul-service-test-db/consul-service-test-pgbouncer",
      "production/service-defaults",
      "production/service-intentions",
    ]);
    assert.deepEqual(Object.keys((await liveNode(node))?.services ?? {}), ["consul-service-test-postgres"]);

    await stack.destroy();
    assert.equal(await liveNode(node), undefined);
    for (const name of names) assert.equal(await liveEntry("service-defaults", name), undefined);
  });
});
