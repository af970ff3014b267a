import assert from "node:assert/strict";
import { doubtOf, figures, percentile } from "../../../bench/reload/figures.ts";

describe("a bench's figures", () => {
  it("are percentiles that were measured", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.equal(percentile(values, 50), 50);
    assert.equal(percentile(values, 99), 99);
    assert.equal(percentile([7.4], 99), 7);
    assert.equal(percentile([], 50), 0);
  });

  it("are one object for machines, and are bad when a request failed", () => {
    const measured = { changes: [200, 300, 900], seconds: 10, requests: 22_000, failed: 0 };
    const { object, ok } = figures(measured);
    assert.deepEqual(object, {
      changeToServersMs: { p50: 300, p99: 900 },
      requestsPerSecond: 2_200,
      requests: 22_000,
      failed: 0,
    });
    assert.equal(ok, true);
    assert.equal(figures({ ...measured, failed: 1 }).ok, false);
  });

  it("are doubted when the machine could not send what is wanted", () => {
    assert.equal(doubtOf({ requests: 20_000, seconds: 10 }), undefined);
    assert.match(doubtOf({ requests: 1_870, seconds: 10 }) ?? "", /sent 187 requests a second, not 2000$/);
  });
});
