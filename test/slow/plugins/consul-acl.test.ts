import assert from "node:assert/strict";
import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { aclStackForTests } from "../../integration/plugins/acl-stack.ts";
import { answer } from "../../support/acl-servers.ts";

const readOurs = 'key_prefix "ours/" { policy = "read" }';
const readTheirs = 'key_prefix "theirs/" { policy = "read" }';

const livePolicy = z.object({ Name: z.string(), Description: z.string(), Rules: z.string() });
const liveToken = z.object({ SecretID: z.string(), Description: z.string() });

type Declared = { name?: string; rules?: string; local?: boolean };

/** A policy, and a token that has it and what a service has. */
const declare =
  ({ name = "reader", rules = readOurs, local = false }: Declared = {}) =>
  () => {
    const policy = new consul.AclPolicy("policy", { name, rules, description: "reads" });
    const token = new consul.AclToken("token", {
      description: "of a test",
      local,
      policies: [policy.name],
      serviceIdentities: [{ serviceName: "web", datacenters: [] }],
      expirationTime: "2099-01-31T12:00:00Z",
    });
    const { secretId } = consul.getAclTokenSecretIdOutput({ accessorId: token.accessorId });
    return Promise.resolve({ policy: policy.id, accessor: token.accessorId, secretId });
  };

describe("consul.AclPolicy and consul.AclToken", () => {
  const { request, stack } = aclStackForTests("consul", (made) => made.destroy());

  const mayRead = async (key: string, token: string) =>
    (await request("GET", `/v1/kv/${key}`, undefined, token)).status !== 403;
  const policyAt = (id: string) => `/v1/acl/policy/${id}`;
  const tokenAt = (accessor: string) => `/v1/acl/token/${accessor}`;
  const known = async () =>
    z.object({ policy: z.string(), accessor: z.string() }).parse(await stack.outputs());

  it("a token may do what its policies say, also when they change, and its secret is nowhere in clear", async () => {
    await stack.up(declare());
    const { SecretID: secret } = await answer(request("GET", tokenAt((await known()).accessor)), liveToken);
    assert.deepEqual([await mayRead("ours/x", secret), await mayRead("theirs/x", secret)], [true, false]);
    const { steps } = await stack.up(declare({ name: "renamed", rules: readTheirs }));
    assert.deepEqual(steps, [
      { name: "policy", op: "update", diffs: ["name", "rules"] },
      { name: "token", op: "update", diffs: ["policies"] },
    ]);
    assert.deepEqual([await mayRead("ours/x", secret), await mayRead("theirs/x", secret)], [false, true]);
    assert.ok(!(await stack.state()).includes(secret));
    assert.notEqual((await stack.outputs())["secretId"], undefined);
  });

  it("what was changed outside is put back, and what was deleted outside is made again", async () => {
    await stack.up(declare());
    const { policy, accessor } = await known();
    const unchanged = await stack.refresh();
    assert.ok(unchanged.steps.every(({ op }) => ["refresh", "same"].includes(op)));
    await request("PUT", policyAt(policy), { ID: policy, Name: "reader", Rules: readTheirs });
    await request("PUT", tokenAt(accessor), { AccessorID: accessor, Description: "changed" });
    const { steps } = await stack.up(declare(), { refresh: true });
    assert.deepEqual(
      steps.filter(({ op }) => op === "update"),
      [
        { name: "policy", op: "update", diffs: ["description", "rules"] },
        { name: "token", op: "update", diffs: ["description", "policies", "serviceIdentities"] },
      ],
    );
    const back = await answer(request("GET", policyAt(policy)), livePolicy);
    assert.deepEqual(back, { Name: "reader", Description: "reads", Rules: readOurs });
    await request("DELETE", policyAt(policy));
    await request("DELETE", tokenAt(accessor));
    const again = await stack.up(declare(), { refresh: true });
    assert.equal(again.steps.filter(({ op }) => op === "create").length, 2);
    const { policy: madeAgain, accessor: another } = await known();
    assert.ok((await request("GET", policyAt(madeAgain))).ok);
    await request("DELETE", tokenAt(another));
  });

  it("another reach makes another token, and both resources are imported by ID", async () => {
    await stack.up(declare());
    const before = await known();
    const { steps } = await stack.up(declare({ local: true }));
    assert.ok(steps.some(({ op, diffs }) => op === "replace" && diffs.includes("local")));
    assert.equal((await request("GET", tokenAt(before.accessor))).ok, false);
    const { policy, accessor } = await known();
    await stack.forget();
    const imported = await stack.up(() => {
      const inputs = { name: "reader", rules: readOurs, description: "reads" };
      new consul.AclPolicy("policy", inputs, { import: policy });
      new consul.AclToken(
        "token",
        {
          accessorId: accessor,
          description: "of a test",
          local: true,
          policies: ["reader"],
          serviceIdentities: [{ serviceName: "web" }],
          expirationTime: "2099-01-31T12:00:00Z",
        },
        { import: accessor },
      );
      return Promise.resolve();
    });
    assert.equal(imported.steps.filter(({ op }) => op === "import").length, 2);
  });

  it("leaves what is unknown unknown in a preview, and names the input that is wrong", async () => {
    assert.ok((await stack.preview(declare())).steps.every(({ op }) => op === "create"));
    const expires = () => {
      new consul.AclToken("token", { expirationTime: "soon" });
      return Promise.resolve();
    };
    await assert.rejects(stack.preview(expires), /expirationTime.*it is not a time/s);
    await assert.rejects(
      stack.up(declare({ rules: "nonsense {" })),
      /rules: Consul does not accept policy "reader":.*Failed to parse ACL rules/s,
    );
    const nobody = () => {
      const provider = new consul.Provider("nobody", { token: pulumi.secret("not-a-token") });
      new consul.AclPolicy("policy", { rules: readOurs }, { provider });
      return Promise.resolve();
    };
    await assert.rejects(stack.up(nobody), /policy "policy-[0-9a-f]{7}":.*403.*ACL not found/s);
  });
});
