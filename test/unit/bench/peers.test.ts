import assert from "node:assert/strict";
import { argo } from "../../../bench/decision/peers/argo.ts";
import { kayenta } from "../../../bench/decision/peers/kayenta.ts";
import { shift } from "../../../bench/decision/peers/mann-whitney.ts";
import type { Peer, Said } from "../../../bench/decision/peers/peer.ts";
import { seed } from "../../../bench/decision/peers/seed.ts";
import { flagger, releaseController } from "../../../bench/decision/peers/stepwise.ts";

/** What is said to windows of 1,000 requests, of which so many of the canary failed. */
function said(peer: Peer, failed: readonly number[], requests = 1000): Said[] {
  const judge = peer.begin();
  return failed.map((each) => judge({ canary: { requests, failed: each }, other: { requests, failed: 0 } }));
}
const [wait, promote, reject] = ["wait", "promote", "reject"];

describe("what others decide by", () => {
  it("is the first error of 75,000 requests", () => {
    assert.deepEqual(said(seed, [0, 0], 37_500), [wait, promote]);
    assert.deepEqual(said(seed, [0, 1], 37_500), [wait, reject]);
  });

  it("is five measurements of 95 %, of which more than the limit fail", () => {
    assert.deepEqual(said(argo(0), [50, 50, 50, 50, 50]), [wait, wait, wait, wait, promote]);
    assert.deepEqual(said(argo(0), [51]), [reject]);
    assert.deepEqual(said(argo(3), [51, 51, 51, 0, 0]), [wait, wait, wait, wait, promote]);
    assert.deepEqual(said(argo(3), [51, 51, 51, 51]), [wait, wait, wait, reject]);
    assert.deepEqual(said(argo(0), [0], 0), [reject]);
  });

  it("is a number of steps with 99 % each, and as many failed checks as the threshold", () => {
    assert.deepEqual(said(flagger(1), [10, 10, 10, 10, 10]), [wait, wait, wait, wait, promote]);
    assert.deepEqual(said(flagger(1), [10, 11]), [wait, reject]);
    assert.deepEqual(said(flagger(5), [11, 11, 11, 11, 0, 11]), [wait, wait, wait, wait, wait, reject]);
    assert.equal(said(releaseController(5), Array<number>(10).fill(0)).at(-1), promote);
    assert.equal(said(flagger(1), [0], 0)[0], reject);
  });

  it("is Mann and Whitney's test after each of three hours", () => {
    const hours = (failed: number) => said(kayenta, Array<number>(180).fill(failed));
    assert.deepEqual(
      hours(0).flatMap((each, index) => (each === wait ? [] : [[index + 1, each]])),
      [[180, promote]],
    );
    assert.equal(hours(5)[59], reject);
  });
});

describe("the shift between two samples", () => {
  it("is the median of all differences, in an interval of those with the ranks of the normal approximation", () => {
    const a = [1.1, 2.3, 3.7, 4.2, 5.9, 6.4, 7.8, 8.5];
    const b = [0.2, 1.9, 2.8, 3.1, 4.6, 5.3, 6.7, 7.2];
    const all = a.flatMap((mine) => b.map((theirs) => mine - theirs)).sort((one, other) => one - other);
    const { estimate, lower, upper } = shift(a, b, 1.96);
    assert.equal(estimate, ((all[31] ?? 0) + (all[32] ?? 0)) / 2);
    // 32 − 1.96 · √(64 · 17 / 12) = 13.3
    assert.deepEqual([lower, upper], [all[12], all[51]]);
  });

  it("is found where there is one", () => {
    const other = Array.from({ length: 60 }, (_, index) => Math.sin(index));
    const canary = other.map((each) => each + 10);
    const { estimate, lower, upper } = shift(canary, other, 2.33);
    assert.ok(lower > 9 && upper < 11 && Math.abs(estimate - 10) < 1e-9);
  });
});
