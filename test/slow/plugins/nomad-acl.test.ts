import assert from "node:assert/strict";
import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { aclStackForTests } from "../../integration/plugins/acl-stack.ts";
import { answer } from "../../support/acl-servers.ts";

const readJobs = 'namespace "default" { policy = "read" }';
const readNodes = 'node { policy = "read" }';

const livePolicy = z.object({ Description: z.string(), Rules: z.string() });
const liveToken = z.object({ AccessorID: z.string(), SecretID: z.string(), Policies: z.array(z.string()) });

type Declared = { name?: string; rulesHcl?: string; ttl?: string };

/** A policy, and a token that has it. */
const declare =
  ({ name = "reader", rulesHcl = readJobs, ttl }: Declared = {}) =>
  () => {
    const jobAcl = { jobId: "some-job", group: "some-group" };
    const policy = new nomad.AclPolicy("policy", { name, rulesHcl, description: "reads", jobAcl });
    const token = new nomad.AclToken("token", {
      type: "client",
      policies: [policy.name, "another"],
      ...(ttl === undefined ? {} : { expirationTtl: ttl }),
    });
    return Promise.resolve({ accessor: token.accessorId, secret: token.secretId, name: token.name });
  };

describe("nomad.AclPolicy and nomad.AclToken", () => {
  const { request, stack } = aclStackForTests("nomad", () => Promise.resolve());

  const isAllowed = async (path: string, token: string) => (await request("GET", path, undefined, token)).ok;
  const policy = (name: string) => answer(request("GET", `/v1/acl/policy/${name}`), livePolicy);
  const token = (accessor: string) => answer(request("GET", `/v1/acl/token/${accessor}`), liveToken);
  const accessor = async () => z.string().parse((await stack.outputs())["accessor"]);

  it("a token may do what its policies say, also when they change, and keeps its secret", async () => {
    await stack.up(declare());
    const { SecretID: secret, Policies } = await token(await accessor());
    assert.deepEqual(Policies, ["reader", "another"]);
    assert.deepEqual(
      [await isAllowed("/v1/jobs", secret), await isAllowed("/v1/nodes", secret)],
      [true, false],
    );
    const { steps } = await stack.up(declare({ rulesHcl: readNodes }));
    assert.deepEqual(
      steps.map(({ name, op, diffs }) => [name, op, ...diffs]),
      [
        ["policy", "update", "rulesHcl"],
        ["token", "same"],
      ],
    );
    assert.deepEqual(
      [await isAllowed("/v1/jobs", secret), await isAllowed("/v1/nodes", secret)],
      [false, true],
    );
    assert.ok(!(await stack.state()).includes(secret));
    assert.match(String((await stack.outputs())["name"]), /^token-[0-9a-f]{7}$/);
  });

  it("what was changed outside is put back, and what was deleted outside is made again", async () => {
    await stack.up(declare());
    const first = await token(await accessor());
    const unchanged = await stack.refresh();
    assert.ok(unchanged.steps.every(({ op }) => ["refresh", "same"].includes(op)));
    await request("PUT", "/v1/acl/policy/reader", { Name: "reader", Rules: readNodes });
    await request("PUT", `/v1/acl/token/${first.AccessorID}`, {
      ...first,
      Type: "client",
      Policies: ["x"],
    });
    const { steps } = await stack.up(declare(), { refresh: true });
    const updates = steps.filter(({ op }) => op === "update");
    assert.deepEqual(
      updates.map(({ name, diffs }) => [name, ...diffs]),
      [
        ["policy", "description", "jobAcl", "rulesHcl"],
        ["token", "name", "policies"],
      ],
    );
    assert.deepEqual(await policy("reader"), { Description: "reads", Rules: readJobs });
    assert.deepEqual(await token(first.AccessorID), first);
    await request("DELETE", "/v1/acl/policy/reader");
    await request("DELETE", `/v1/acl/token/${first.AccessorID}`);
    const again = await stack.up(declare(), { refresh: true });
    assert.equal(again.steps.filter(({ op }) => op === "create").length, 2);
    assert.notEqual((await token(await accessor())).SecretID, first.SecretID);
    assert.deepEqual(await policy("reader"), { Description: "reads", Rules: readJobs });
  });

  it("another name or time to live makes a new one, and all goes with the stack", async () => {
    await stack.up(declare({ ttl: "1h" }));
    const before = await accessor();
    assert.ok((await stack.preview(declare({ ttl: "60m" }))).steps.every(({ op }) => op === "same"));
    const { steps } = await stack.up(declare({ name: "renamed", ttl: "2h" }));
    const replaced = steps.filter(({ op }) => op === "replace").map(({ name, diffs }) => [name, ...diffs]);
    assert.deepEqual(replaced.sort(), [
      ["policy", "name"],
      ["token", "expirationTtl", "policies"],
    ]);
    assert.equal((await request("GET", "/v1/acl/policy/reader")).status, 404);
    assert.equal((await request("GET", `/v1/acl/token/${before}`)).status, 404);
    await request("DELETE", `/v1/acl/token/${await accessor()}`);
    await stack.destroy();
    assert.equal((await request("GET", "/v1/acl/policy/renamed")).status, 404);
  });

  it("both are imported, by name and by accessor ID, with the secret kept secret", async () => {
    await stack.up(declare());
    const { AccessorID, SecretID } = await token(await accessor());
    await stack.forget();
    const program = () => {
      new nomad.AclPolicy(
        "policy",
        {
          name: "reader",
          rulesHcl: readJobs,
          description: "reads",
          jobAcl: { jobId: "some-job", group: "some-group" },
        },
        { import: "reader" },
      );
      new nomad.AclToken(
        "token",
        { type: "client", policies: ["another", "reader"] },
        { import: AccessorID, ignoreChanges: ["name"] },
      );
      return Promise.resolve();
    };
    const { steps } = await stack.up(program);
    assert.equal(steps.filter(({ op }) => op === "import").length, 2);
    assert.ok(!(await stack.state()).includes(SecretID));
  });

  it("leaves what is unknown unknown in a preview, and names the input that is wrong", async () => {
    const wrong = (args: nomad.AclTokenArgs) => () => {
      new nomad.AclToken("token", args);
      return Promise.resolve();
    };
    assert.ok((await stack.preview(declare())).steps.every(({ op }) => op === "create"));
    await assert.rejects(
      stack.preview(wrong({ type: "client" })),
      /policies.*a client token needs policies/s,
    );
    await assert.rejects(
      stack.preview(wrong({ type: "all", expirationTtl: "long" })),
      /expirationTtl.*invalid duration.*type.*it must be client or management/s,
    );
    await assert.rejects(
      stack.up(declare({ rulesHcl: "nonsense {" })),
      /rulesHcl: Nomad does not accept policy "reader":.*failed to parse rules/s,
    );
    const unknownToken = () => {
      const provider = new nomad.Provider("nobody", { secretId: pulumi.secret("not-a-token") });
      new nomad.AclPolicy("policy", { rulesHcl: readJobs }, { provider });
      return Promise.resolve();
    };
    await assert.rejects(stack.up(unknownToken), /policy "policy-[0-9a-f]{7}":.*403/s);
  });
});
