import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { serverEnvironment, temporaryFolder as temporaryIn } from "../../../demo/cluster/environment.ts";
import { claimPorts, type Claim } from "../../../demo/cluster/ports.ts";
import { ask } from "../../../gate/people/ask.ts";
import { readStanding } from "../../../gate/people/standing.ts";
import { gatesOf, untilSo, type Gates } from "../../integration/gate/gates.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { OwnConsul } from "../components/own-consul.ts";

const never = new AbortController().signal;
const asked = (verb: "pause" | "resume") => ({ id: randomUUID(), verb, by: "ada@one", why: null });

describe("a gate that people watch while Consul is away", function () {
  this.timeout(180_000);
  let claim: Claim;
  let consul: OwnConsul;
  let gates: Gates;

  before(async () => {
    claim = await claimPorts();
    const folder = join(await temporaryFolder(), "own");
    await mkdir(temporaryIn(folder), { recursive: true });
    const { environment } = await sharedCluster();
    consul = new OwnConsul(folder, claim.ports, serverEnvironment(folder, environment));
    await consul.start();
    gates = await gatesOf("outage", { address: consul.address });
  });

  after(async () => {
    await gates.close();
    await consul.kill();
    await claim.release();
  });

  it("says so, goes on, and hears and tells again what came meanwhile", async () => {
    const gate = await gates.start();
    assert.equal((await ask(gates, asked("pause"), never)).done, true);
    await consul.kill();
    const warned = () =>
      gate.events.some(
        (event) =>
          event.event === "warning" && /cannot be reached.*what people ask is not heard/.test(event.why),
      );
    await untilSo("it warned", warned);
    await assert.rejects(ask(gates, asked("resume"), never), /cannot be reached/);
    gate.tell({ event: "watching", release: "api:2", goal: "100 requests", instances: 1 });
    assert.equal(gate.people().pausedBy, "ada@one");
    await consul.start();
    await untilSo("it tells its status again", async () => {
      const standing = await readStanding(gates, 1, never).catch(() => undefined);
      return standing?.status?.release === "api:2";
    });
    assert.equal((await ask(gates, asked("resume"), never)).done, true);
    assert.equal(gate.people().pausedBy, null);
    await gate.end();
  });

  it("ends though it is away", async () => {
    const { end } = await gates.start();
    await consul.kill();
    await end();
  });
});
