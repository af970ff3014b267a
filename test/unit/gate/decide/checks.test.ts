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
