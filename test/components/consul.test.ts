import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mockPulumi, registeredBy } from "./mocks.ts";

const shared = { environment: "local", service: "api", release: "api:2", count: 2 };
const db = { name: "db", address: "10.0.0.5", port: 5432 };

/** The message with which arguments are refused. */
function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
    return error.message;
  }
  throw new Error("It was accepted.");
}

describe("the components of Consul", () => {
  let components: Awaited<ReturnType<typeof load>>;

  async function load() {
    const [{ ConsulService }, { GateAccess }] = await Promise.all([
      import("../../components/consul-service.ts"),
      import("../../components/gate-access.ts"),
    ]);
    return { ConsulService, GateAccess };
  }

  before(async () => {
    await mockPulumi();
    components = await load();
  });

  it("refuse what is outside in a canary, and what would pass for an instance", () => {
    const { ConsulService } = components;
    assert.match(
      refusal(() => new ConsulService("one", { ...shared, role: "canary", external: [db] })),
      /^ConsulService .* cannot be used: external must be given to production alone/,
    );
    for (const name of ["api", "api-canary"]) {
      const external = [{ ...db, name }];
      assert.match(
        refusal(() => new ConsulService("two", { ...shared, role: "production", external })),
        /external must not have the name of the service itself or of its canary/,
      );
    }
  });

  it("call policies after environment and service, and refuse names that are too long for one", async () => {
    const { GateAccess } = components;
    const all = await registeredBy(() => new GateAccess("gate", { environment: "eu.2", service: "api" }));
    const policies = all.filter(({ type }) => type.endsWith(":AclPolicy"));
    assert.deepEqual(policies.map(({ type, inputs }) => [type.split(":")[0], inputs["name"]]).sort(), [
      ["consul", "nary-eu-2-api-act"],
      ["consul", "nary-eu-2-api-haproxy"],
      ["consul", "nary-eu-2-api-watch"],
      ["nomad", "nary-eu-2-api-act"],
      ["nomad", "nary-eu-2-api-watch"],
    ]);
    const long = { environment: "e".repeat(99), service: "s".repeat(48) };
    assert.match(
      refusal(() => new GateAccess("long", long)),
      /environment must be shorter/,
    );
    assert.match(
      refusal(() => new GateAccess("odd", { environment: "a", service: "b", variables: ['"'] })),
      /variables.* must be paths of Nomad Variables/,
    );
  });
});
