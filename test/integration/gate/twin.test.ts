import assert from "node:assert/strict";
import { declaredTwin, releaseOfTwin } from "../../../gate/act/twin.ts";
import { Consul } from "../../../gate/clients/consul.ts";
import { UsageError } from "../../../gate/errors.ts";
import { Interrupts } from "../../../gate/interrupts.ts";
import { serviceName } from "../../../settings/names.ts";
import { declaredRecord, keysOf, type Declared } from "../../../settings/records.ts";
import { environmentName } from "../../../settings/stacks.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { minimal, parse } from "../../unit/settings/stack-file.ts";
import { deleteKeys, setKey } from "../components/consul.ts";

const service = serviceName.parse("beside");
const keys = keysOf(environmentName.parse("twin-test"), service);
const stacks = { canary: "canary", twin: "twin", production: "production" };

function declared(role: Declared["role"], release: string, count: number): Declared {
  const name = role === "production" ? service : `${service}-${role}`;
  const counterPath = "/counts";
  return declaredRecord.decode(
    "test",
    JSON.stringify({ version: 1, role, job: name, service: name, release, count, counterPath }),
  );
}

describe("the twin of a canary", () => {
  let consul: Consul;

  before(async () => {
    consul = new Consul(new URL((await sharedCluster()).consulAddress));
  });

  afterEach(() => deleteKeys("nary/twin-test/"));
  after(() => consul.close());

  function contextOf(twin: boolean) {
    const settings = parse({ ...minimal("canary"), policy: { type: "baseline" }, twin });
    assert.ok(settings.role === "canary");
    return { consul, keys, service, settings, stacks, interrupts: new Interrupts(() => undefined) };
  }

  const declare = (role: Declared["role"], release: string, count: number) =>
    setKey(keys.declaredRecord(role), declaredRecord.encode(declared(role, release, count)));
  const canary = declared("canary", "new", 2);
  const refuses = (pattern: RegExp) =>
    assert.rejects(declaredTwin(contextOf(true), canary), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, pattern);
      assert.match(error.message, /Bring both up: nary release new -s canary$/);
      return true;
    });

  it("runs what was promoted, or else what production declares", async () => {
    await assert.rejects(releaseOfTwin(contextOf(true)), /nothing that a twin could run/);
    await declare("production", "by-hand", 4);
    assert.equal(await releaseOfTwin(contextOf(true)), "by-hand");
    await setKey(
      keys.promoted,
      JSON.stringify({ version: 1, release: "old", at: "2026-01-02T03:04:05.000Z" }),
    );
    assert.equal(await releaseOfTwin(contextOf(true)), "old");
  });

  it("is none where the settings ask for none, whatever is declared", async () => {
    await declare("twin", "old", 2);
    assert.equal(await declaredTwin(contextOf(false), canary), undefined);
  });

  it("is what its stack declares, when that can be compared with the canary", async () => {
    await declare("production", "old", 4);
    await refuses(
      /^nary:twin of canary is true, but no twin is declared \(no key nary\/twin-test\/beside\/declared\/twin\/record/,
    );
    await declare("twin", "older", 2);
    await refuses(/^The twin beside-twin runs older, but production runs old\./);
    await declare("twin", "old", 1);
    await refuses(/^The twin beside-twin has the count 1, but the canary has 2\./);
    await declare("twin", "old", 2);
    assert.deepEqual(await declaredTwin(contextOf(true), canary), declared("twin", "old", 2));
  });
});
