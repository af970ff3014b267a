import assert from "node:assert/strict";
import { Failures, randomFrom } from "../../../../bench/decision/failures.ts";
import { oneBadOf, Traffic, type Increments, type Scenario } from "../../../../bench/decision/traffic.ts";

const scenario: Scenario = {
  requestsPerSecond: 10,
  intervalSeconds: 1,
  share: 0.25,
  canary: { rate: 0.02 },
  other: { rate: 0.01 },
};

function traffic(given: Partial<Scenario>, looks: number): Increments[] {
  const source = new Traffic({ ...scenario, ...given }, randomFrom(1));
  return Array.from({ length: looks }, () => source.next());
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Failures within four standard deviations of what they are to be. */
function about(failed: number, requests: number, rate: number, size = 1): void {
  const deviation = Math.sqrt(requests * rate * (1 - rate) * size);
  assert.ok(Math.abs(failed - requests * rate) < 4 * deviation, `${failed} of ${requests} is not ${rate}`);
}

describe("simulated failures", () => {
  it("are as many as the rate says, independent, whatever the size of the steps", () => {
    for (const step of [1, 7, 1000]) {
      const failures = new Failures(randomFrom(step), 1);
      const counts = Array.from({ length: 300_000 / step }, () => failures.among(step, 0.05));
      about(sum(counts), step * counts.length, 0.05);
      const mean = sum(counts) / counts.length;
      const variance = sum(counts.map((count) => (count - mean) ** 2)) / counts.length;
      assert.ok(Math.abs(variance / (step * 0.05 * 0.95) - 1) < 0.3, `a variance of ${variance}`);
    }
  });

  it("follow a rate that changes", () => {
    const failures = new Failures(randomFrom(1), 1);
    const counts = Array.from({ length: 20_000 }, (_, index) =>
      failures.among(10, index % 2 === 0 ? 0.001 : 0.1),
    );
    about(sum(counts.filter((_, index) => index % 2 === 0)), 100_000, 0.001);
    about(sum(counts.filter((_, index) => index % 2 === 1)), 100_000, 0.1);
  });

  it("come in whole clusters, also across looks, and as many in all", () => {
    const failures = new Failures(randomFrom(1), 20);
    const each = Array.from({ length: 500_000 }, () => failures.among(1, 0.02));
    about(sum(each), each.length, 0.02, 20);
    const runs = each
      .join("")
      .split(/0+/)
      .filter((run) => run !== "");
    assert.ok(runs.slice(0, -1).every((run) => run.length % 20 === 0));
  });

  it("are none at a rate of none", () => {
    assert.equal(new Failures(randomFrom(1), 1).among(1e9, 0), 0);
  });
});

describe("simulated traffic", () => {
  it("gives the canary its share, and loses no request to rounding", () => {
    const looks = traffic({}, 1000);
    assert.equal(sum(looks.map(({ canary }) => canary.requests)), 2500);
    assert.equal(sum(looks.map(({ other }) => other.requests)), 7500);
    assert.equal(looks.at(-1)?.seconds, 1000);
  });

  it("is the same for the same seed", () => {
    assert.deepEqual(traffic({}, 100), traffic({}, 100));
  });

  it("changes its share, and lets a canary come late", () => {
    const looks = traffic({ change: { seconds: 50, share: 0.5 }, lateSeconds: 10 }, 100);
    const requests = (from: number, to: number) =>
      sum(looks.slice(from, to).map(({ canary }) => canary.requests));
    assert.deepEqual([requests(0, 10), requests(10, 50), requests(50, 100)], [0, 100, 250]);
  });

  it("gives the canary another share where one is asked for, once it gets any", () => {
    const source = new Traffic({ ...scenario, lateSeconds: 2 }, randomFrom(1));
    const requests = [1, 1, 0.5, 0.5, undefined, undefined].map(
      (share) => source.next(share).canary.requests,
    );
    assert.deepEqual(requests, [0, 0, 5, 5, 2, 3]);
  });

  it("fails more often at first, where it warms up", () => {
    const warm = { rate: 0.001, warmUp: { seconds: 60, times: 500 } };
    const looks = traffic({ requestsPerSecond: 4000, canary: warm, lateSeconds: 10 }, 200);
    const failed = (from: number, to: number) =>
      sum(looks.slice(from, to).map(({ canary }) => canary.failed));
    assert.equal(failed(0, 10), 0);
    about(failed(10, 70), 60_000, 0.5);
    about(failed(70, 200), 130_000, 0.001);
  });

  it("has bursts on both sides at the same time, as often as they are to be", () => {
    const bursts = { everySeconds: 90, seconds: 10, times: 1000 };
    const calm = { rate: 0.0005 };
    const looks = traffic({ requestsPerSecond: 400, canary: calm, other: calm, bursts }, 20_000);
    const hot = looks.filter(({ canary, other }) => canary.failed + other.failed > 100);
    const apart = looks.filter(({ canary, other }) => canary.failed > 25 !== other.failed > 75);
    assert.deepEqual(apart, []);
    // Of 100 seconds 10; each burst and gap is one draw of about 200.
    assert.ok(Math.abs(hot.length / looks.length - 0.1) < 0.03, `${hot.length} seconds of bursts`);
  });

  it("mixes one bad instance into its side", () => {
    assert.ok(Math.abs(oneBadOf(8, 0.01, 0.09) - 0.02) < 1e-15);
  });
});
