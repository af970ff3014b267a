import assert from "node:assert/strict";
import { releases, scenarioOf } from "../../../../bench/decision/releases.ts";
import { Traffic } from "../../../../bench/decision/traffic.ts";
import { randomFrom } from "../../../../bench/decision/failures.ts";
import { truthOf } from "../../../../bench/decision/truth.ts";

const limits = { margin: 2, errorRate: 0.001 };
const truth = (canary: number, other: number) =>
  truthOf({ canary: { rate: canary }, other: { rate: other } }, limits);

describe("whether a release is good", () => {
  it("is told by how often it fails beside the other side", () => {
    assert.equal(truth(0.005, 0.005), "good");
    assert.equal(truth(0, 0), "good");
    assert.equal(truth(0.0051, 0.005), "between");
    assert.equal(truth(0.0099, 0.005), "between");
    assert.equal(truth(0.01, 0.005), "bad");
    assert.equal(truth(0.0009, 0), "between");
    assert.equal(truth(0.001, 0), "bad");
  });

  it("is told by its first minute as well", () => {
    const warmUp = { seconds: 60, times: 5 };
    const [warm, cold] = [{ rate: 0.005 }, { rate: 0.005, warmUp }];
    assert.equal(truthOf({ canary: cold, other: warm }, limits), "between");
    assert.equal(truthOf({ canary: cold, other: cold }, limits), "good");
    assert.equal(truthOf({ canary: { rate: 0.01, warmUp }, other: warm }, limits), "bad");
  });
});

describe("a release of the bench", () => {
  const intervalSeconds = 5;

  it("has a name of its own", () => {
    assert.equal(new Set(releases.map(({ name }) => name)).size, releases.length);
  });

  it("gives the canary the same requests beside production and beside a twin", () => {
    for (const release of releases.filter(({ change }) => change === undefined)) {
      const requests = (["production", "twin"] as const).map((beside) => {
        const traffic = new Traffic(scenarioOf(release, { beside, intervalSeconds }), randomFrom(1));
        let sum = 0;
        for (let look = 0; look < 100; look++) sum += traffic.next().canary.requests;
        return sum;
      });
      assert.equal(requests[0], requests[1], release.name);
    }
  });

  it("has a twin that warms up as the canary does", () => {
    const release = releases.find(({ name }) => name === "as often, warm-up errors");
    assert.ok(release !== undefined);
    const { canary, other } = scenarioOf(release, { beside: "twin", intervalSeconds });
    assert.deepEqual(other, canary);
    assert.equal(scenarioOf(release, { beside: "production", intervalSeconds }).other.warmUp, undefined);
  });
});
