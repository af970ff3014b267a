import assert from "node:assert/strict";
import { figures as deploy, median } from "../../../bench/deploy/figures.ts";
import { figures as trafficOff } from "../../../bench/traffic-off/figures.ts";
import { figures as zeroDrop } from "../../../bench/zero-drop/figures.ts";

describe("the figures of the bench of deploys", () => {
  it("are medians, and what Pulumi adds to Nomad's own command", () => {
    const took = {
      "pulumi-up-canary": [3, 2.5, 9],
      "pulumi-up-nothing": [1, 2],
      "nomad-job-run": [1.25],
    };
    const { object, lines } = deploy(took);
    assert.deepEqual(object, {
      rows: [
        { name: "pulumi-up-canary", seconds: 3 },
        { name: "pulumi-up-nothing", seconds: 1.5 },
        { name: "nomad-job-run", seconds: 1.25 },
      ],
      addedSeconds: 1.75,
    });
    assert.match(lines.at(-1) ?? "", /^Pulumi adds 1\.75 s \(the goal is at most 3\)$/);
    assert.equal(median([]), 0);
  });
});

describe("the figures of the bench of the traffic's end", () => {
  it("are the median and the 99th of a hundred, in all ways", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    const took = { nary: hundred, polled: [7.4], whole: [300, 200], article: [4_000] };
    const { object, lines } = trafficOff(took);
    assert.deepEqual(object, {
      nary: { p50: 50, p99: 99 },
      polled: { p50: 7, p99: 7 },
      whole: { p50: 200, p99: 300 },
      article: { p50: 4_000, p99: 4_000 },
    });
    assert.match(lines[0] ?? "", /100 rounds: .* 50 ms .* 99 ms \(the goal is 500\)$/);
  });
});

describe("the figures of the bench of a release's costs", () => {
  const measured = {
    ...{ requests: 20_000, lost: 0, p99BeforeMs: 10.004, p99DuringMs: 12 },
    ...{ seconds: 20, goal: 6_000, share: 0.4 },
  };

  it("tell how long its traffic takes at the canaries' share of what there was", () => {
    const { object, lines, ok } = zeroDrop(measured);
    assert.deepEqual(object, {
      requests: 20_000,
      lost: 0,
      p99BeforeMs: 10,
      p99DuringMs: 12,
      seconds: 20,
      trafficSeconds: 15,
    });
    assert.match(lines[1] ?? "", /1\.2 times as long/);
    assert.match(lines[2] ?? "", /1\.33 times as long/);
    assert.equal(ok, true);
  });

  it("are bad when a request was lost", () => {
    assert.equal(zeroDrop({ ...measured, lost: 1 }).ok, false);
  });
});
