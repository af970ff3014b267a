import assert from "node:assert/strict";
import { Checks, type CheckedSide, type SideNow } from "../../../../gate/check/checks.ts";
import { gateChecks } from "../../../../settings/gate-checks.ts";

const nothing: SideNow = { allocations: [], instances: [], lagMs: undefined, latencyMs: undefined };
const side = (now: Partial<SideNow>): CheckedSide => ({
  service: "api",
  job: "api",
  release: "api:1",
  now: () => ({ ...nothing, ...now }),
});

function unwanted(why: unknown): never {
  throw new Error(String(why));
}

async function readingsOf(checks: object[], canary: Partial<SideNow>, other?: Partial<SideNow>) {
  const read = new Checks({
    checks: gateChecks.parse(checks),
    canary: side(canary),
    other: other && side(other),
    environment: {},
    onWarning: unwanted,
    onFailure: unwanted,
  });
  await read.close();
  return read.readings();
}

const lag = { type: "event-loop-lag", name: "lag", noData: "ok" };
const latency = { type: "latency", name: "latency", noData: "ok" };

describe("the readings of checks", () => {
  it("have both sides where they compare, and the canary's alone where they do not", async () => {
    const checks = [
      { ...lag, limit: 100 },
      { ...latency, ratio: 2 },
    ];
    assert.deepEqual(await readingsOf(checks, { lagMs: 20, latencyMs: 9 }, { lagMs: 10, latencyMs: 8 }), [
      { check: "lag", canary: 20, other: 10, why: "" },
      { check: "latency", canary: 9, other: 8, why: "" },
    ]);
    assert.deepEqual(await readingsOf([{ ...lag, limit: 100 }], { lagMs: 20 }), [
      { check: "lag", canary: 20, other: null, why: "" },
    ]);
  });

  it("say which side has nothing to tell", async () => {
    const [none] = await readingsOf([{ ...latency, ratio: 2 }], {}, { latencyMs: 8 });
    assert.deepEqual(none, {
      check: "latency",
      canary: null,
      other: 8,
      why: "no canary has a time of requests in HAProxy",
    });
    const [alone] = await readingsOf([{ ...lag, ratio: 2 }], { lagMs: 1 }, {});
    assert.equal(alone?.why, "no instance to compare with tells how long its event loop stalls");
  });

  it("have no number of canaries that nobody knows of", async () => {
    for (const type of ["restarts", "out-of-memory", "failing-checks"]) {
      assert.deepEqual(await readingsOf([{ type, name: "it", noData: "bad" }], {}), [
        { check: "it", canary: null, other: null, why: "no canary is known yet" },
      ]);
    }
  });

  it("take no health check for failing but those that do not pass, and none for the wish for traffic", async () => {
    const instance = {
      id: "one",
      node: "n",
      address: { host: "127.0.0.1", port: 1 },
      passing: false,
      checks: [
        { name: "routing", passing: false },
        { name: "liveness", passing: true },
        { name: "ready", passing: false },
      ],
    };
    const check = { type: "failing-checks", name: "health", noData: "bad" };
    const [reading] = await readingsOf([check], { instances: [instance, { ...instance, id: "two" }] });
    assert.equal(reading?.canary, 2);
  });

  it("lack a check that Prometheus has not answered yet", async () => {
    const address = "http://127.0.0.1:1";
    const check = { type: "prometheus", name: "it", noData: "ok", limit: 1, query: "a", address };
    assert.deepEqual(await readingsOf([check], {}), []);
  });
});
