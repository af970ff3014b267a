import assert from "node:assert/strict";
import { checkState, type CheckRule } from "../../../../gate/decide/checks.ts";
import type { Reading } from "../../../../gate/decide/observation.ts";
import { judgeOf, observation, side } from "./observations.ts";

const reading = (canary: number | null, other: number | null = null): Reading => ({
  check: "p99",
  canary,
  other,
  why: "no request yet",
});
const limited: CheckRule = { name: "p99", limit: 500, noData: "wait" };
const compared: CheckRule = { name: "p99", ratio: 1.5, noData: "wait" };

describe("a check", () => {
  it("is bad above its limit, and not at it", () => {
    assert.equal(checkState(limited, [reading(500)]).type, "ok");
    assert.deepEqual(checkState(limited, [reading(501)]), {
      type: "bad",
      why: "the check p99 is at 501, above its limit of 500",
    });
  });

  it("is bad above its ratio to the other side, and not at it", () => {
    assert.equal(checkState(compared, [reading(150, 100)]).type, "ok");
    assert.deepEqual(checkState(compared, [reading(151, 100)]), {
      type: "bad",
      why: "the check p99 is at 151, above 1.5 times the other side's 100",
    });
  });

  it("means without data what it is told to mean", () => {
    for (const rule of [limited, compared]) {
      const without = (noData: CheckRule["noData"]) => checkState({ ...rule, noData }, [reading(null, 1)]);
      assert.deepEqual(without("bad"), { type: "bad", why: "the check p99 has no data: no request yet" });
      assert.equal(without("wait").type, "wait");
      assert.equal(without("ok").type, "ok");
    }
  });

  it("has no data where there is nothing to compare with, but its limit still stands", () => {
    assert.equal(checkState({ ...compared, noData: "bad" }, [reading(100, null)]).type, "bad");
    assert.match(
      JSON.stringify(checkState({ ...compared, limit: 50, noData: "ok" }, [reading(100, null)])),
      /above its limit of 50/,
    );
  });

  it("lets a promotion wait until it has been read, whatever no data means", () => {
    for (const noData of ["bad", "wait", "ok"] as const) {
      assert.deepEqual(checkState({ ...limited, noData }, []), {
        type: "wait",
        why: "the check p99 has not been read yet",
      });
    }
  });
});

describe("checks beside a policy", () => {
  const judge = (rule: CheckRule) =>
    judgeOf({ type: "zero-errors", requests: 10 }, { checks: [rule], limitSeconds: 60 });
  const seen = (canary: number | null, seconds = 1) =>
    observation({ seconds, canary: side(10), readings: [reading(canary)] });

  it("reject what the policy would promote", () => {
    const verdict = judge(limited).see(seen(501));
    assert.ok(verdict.type === "reject");
    assert.equal(verdict.rule, "check: p99");
  });

  it("let it be promoted when they are well", () => {
    assert.equal(judge(limited).see(seen(500)).type, "promote");
  });

  it("let the promotion wait, and never reject, while there is no data to wait for", () => {
    const verdict = judge(limited).see(seen(null));
    assert.equal(verdict.type, "wait");
    assert.match(verdict.why, /10 requests without an error.*; the check p99 has no data: no request yet$/);
    assert.equal(judge(limited).see(seen(null, 60)).type, "inconclusive");
  });

  it("come after a rejection of the policy", () => {
    const verdict = judge(limited).see(observation({ canary: side(10, 1), readings: [reading(501)] }));
    assert.ok(verdict.type === "reject");
    assert.equal(verdict.rule, "zero-errors: first error");
  });

  it("are not asked before there is traffic", () => {
    assert.equal(judge({ ...limited, noData: "bad" }).see(seen(null, 0)).type, "promote");
  });
});

describe("a check that has to be bad for a while", () => {
  const judge = (rule: Partial<CheckRule>) =>
    judgeOf({ type: "zero-errors", requests: 10 }, { checks: [{ ...limited, ...rule }], limitSeconds: 60 });
  const at = (seconds: number, canary: number | null) =>
    observation({ seconds, canary: side(10), readings: [reading(canary)] });

  it("lets the promotion wait until then, and rejects", () => {
    const judged = judge({ forSeconds: 5 });
    const first = judged.see(at(1, 501));
    assert.equal(first.type, "wait");
    assert.match(first.why, /p99 is at 501, above its limit of 500, which counts after 5 s$/);
    assert.equal(judged.see(at(5.9, 502)).type, "wait");
    const verdict = judged.see(at(6, 503));
    assert.ok(verdict.type === "reject");
    assert.match(verdict.why, /is at 503, above its limit of 500$/);
  });

  it("begins anew after a look at which it was well", () => {
    const judged = judge({ forSeconds: 5 });
    assert.equal(judged.see(at(1, 501)).type, "wait");
    assert.equal(judged.see(at(4, 500)).type, "promote");
    assert.equal(judged.see(at(5, 501)).type, "wait");
    assert.equal(judged.see(at(9, 501)).type, "wait");
    assert.equal(judged.see(at(10, 501)).type, "reject");
  });

  it("goes on while there is no data to wait for, and takes bad silence for bad", () => {
    const waiting = judge({ forSeconds: 5 });
    waiting.see(at(1, 501));
    assert.equal(waiting.see(at(8, null)).type, "wait");
    assert.equal(waiting.see(at(9, 501)).type, "reject");
    const silent = judge({ forSeconds: 5, noData: "bad" });
    assert.equal(silent.see(at(1, null)).type, "wait");
    assert.equal(silent.see(at(6, null)).type, "reject");
  });

  it("is not looked at before its time, for which the promotion waits", () => {
    const judged = judge({ afterSeconds: 30 });
    const early = judged.see(at(29, 900));
    assert.equal(early.type, "wait");
    assert.match(early.why, /the check p99 is looked at after 30 s with traffic$/);
    assert.equal(judged.see(at(30, 500)).type, "promote");
    assert.equal(judged.see(at(31, 501)).type, "reject");
  });

  it("does not count what was bad before its time", () => {
    const judged = judge({ afterSeconds: 30, forSeconds: 5 });
    judged.see(at(20, 900));
    assert.equal(judged.see(at(30, 900)).type, "wait");
    assert.equal(judged.see(at(35, 900)).type, "reject");
  });
});
