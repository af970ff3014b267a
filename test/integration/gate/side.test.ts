import assert from "node:assert/strict";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { Side } from "../../../gate/side.ts";
import { counter } from "../../../settings/counter.ts";
import { declaredRecord } from "../../../settings/records.ts";
import { gate } from "../../../settings/workload.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { declaredOf, endJob, eventually, registerJob } from "./job.ts";

describe("a side of which counts are told on another port", function () {
  this.timeout(60_000);
  const usual = declaredOf("nary-test-ports", 2);
  const declared = declaredRecord.decode(
    "test",
    JSON.stringify({ ...usual, counterPath: "/internal/counts" }),
  );
  let consul: Consul;
  let nomad: Nomad;

  before(async () => {
    const { consulAddress, nomadAddress } = await sharedCluster();
    consul = new Consul(new URL(consulAddress));
    nomad = new Nomad(new URL(nomadAddress));
    await registerJob(nomadAddress, declared);
  });

  after(async () => {
    await endJob(nomad, declared.job);
    await Promise.all([consul.close(), nomad.close()]);
  });

  async function onPort(port: string | undefined, work: (side: Side, warnings: string[]) => Promise<void>) {
    const warnings: string[] = [];
    const side = new Side({
      consul,
      nomad,
      declared,
      gate: gate.parse({}),
      counter: counter.parse({ port }),
      longRunning: false,
      now: () => performance.now() / 1000,
      onNews: () => undefined,
      onFailure: (error) => {
        warnings.push(String(error));
      },
      onWarning: (why) => warnings.push(why),
      tell: () => undefined,
    });
    try {
      await work(side, warnings);
    } finally {
      await side.close();
    }
  }

  it("is asked there", async () => {
    await onPort("counts", async (side, warnings) => {
      await eventually("both instances", () => {
        side.look();
        side.ask();
        return Promise.resolve(side.up === 2 || undefined);
      });
      assert.deepEqual(warnings, []);
    });
  });

  it("has told nothing on the port of its traffic", async () => {
    await onPort(undefined, async (side) => {
      const fault = await eventually("an answer", () => {
        side.look();
        side.ask();
        const said = side.instances.map((instance) => instance.fault?.why).find((why) => why !== undefined);
        return Promise.resolve(said);
      });
      assert.match(fault, /answered HTTP 404/);
    });
  });

  it("is missed, with a warning, on a port that its job does not have", async () => {
    await onPort("metrics", async (side, warnings) => {
      const warning = await eventually("a warning", () => {
        side.look();
        side.ask();
        return Promise.resolve(warnings[0]);
      });
      assert.match(
        warning,
        /nary-test-ports has no port labelled metrics, on which nary:counter\.port wants/,
      );
      assert.equal(side.up, 0);
    });
  });
});
