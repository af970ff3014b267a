import assert from "node:assert/strict";
import { figures } from "../../../bench/detection/figures.ts";
import { cases, found } from "../../../bench/gate-scale/rows.ts";

describe("the rows of the bench of many instances", () => {
  const rows = cases.flatMap(({ mode, endpoints }) =>
    endpoints.map((each) => ({ endpoints: each, mode, cpuPercent: 1.5, rssMb: 120, roundMs: 14.6 })),
  );

  it("are one object for machines, and a line each for people, two with a goal", () => {
    const { object, lines } = found(rows);
    assert.deepEqual(object, { rows });
    assert.equal(lines.length, 9);
    assert.match(
      lines[2] ?? "",
      /^stream +10000 endpoints: 1\.5 % of a core, 120 MB, 14\.6 ms a look \(the goal/,
    );
    assert.deepEqual(
      lines.map((line) => line.includes("the goal")),
      [false, false, true, false, false, true, false, false, false],
    );
  });
});

describe("the figures of the bench of verdicts", () => {
  it("are the median and the 99th of a hundred", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    const took = { streamed: hundred, polled: hundred.map((ms) => ms * 10), article: [7], intervalMs: 1000 };
    const { object, lines } = figures(took);
    assert.deepEqual(object, {
      streamed: { p50: 50, p99: 99 },
      polled: { p50: 500, p99: 990, intervalMs: 1000 },
      article: { p50: 7, p99: 7 },
    });
    assert.match(lines[1] ?? "", /^polled: +a verdict 500 ms after .*the goal is 520/);
  });
});
