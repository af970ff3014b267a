import assert from "node:assert/strict";
import { argo } from "../../../../bench/decision/peers/argo.ts";
import { consulReleaseController } from "../../../../bench/decision/peers/consul-release-controller.ts";
import { flagger } from "../../../../bench/decision/peers/flagger.ts";
import { isHigh, kayenta } from "../../../../bench/decision/peers/kayenta.ts";
import { watchMinutes, type MinuteRule } from "../../../../bench/decision/peers/minute.ts";
import { seed } from "../../../../bench/decision/peers/seed.ts";
import type { Told, Watch } from "../../../../bench/decision/watch.ts";

/** What the canary did in a minute, of which the other side does the same. */
type Did = { requests: number; failed: number };
const well = { requests: 1000, failed: 10 };
const badly = { requests: 1000, failed: 11 };
const silent = { requests: 0, failed: 0 };

/** What is told after each of the minutes, each in two looks, and which share the canary gets then. */
function over(watch: Watch, minutes: readonly Did[]): (Told | number | undefined)[] {
  const told: (Told | number | undefined)[] = [];
  for (const [index, { requests, failed }] of minutes.entries()) {
    const first = { requests: requests / 2, failed: 0 };
    const second = { requests: requests / 2, failed };
    assert.equal(watch.see({ seconds: index * 60 + 30, canary: first, other: first }), "wait");
    const verdict = watch.see({ seconds: index * 60 + 60, canary: second, other: second });
    if (verdict !== "wait") return [...told, verdict];
    told.push(watch.share());
  }
  return told;
}
const told = <State>(rule: MinuteRule<State>, minutes: readonly Did[]) => over(watchMinutes(rule), minutes);

describe("the script of the article", () => {
  it("stops at the first error, and lets 75,000 requests without one through", () => {
    assert.deepEqual(over(seed(), [{ requests: 74_000, failed: 1 }]), ["reject"]);
    const requests = { requests: 37_500, failed: 0 };
    assert.deepEqual(over(seed(), [requests, requests]), [undefined, "promote"]);
  });
});

describe("Argo Rollouts", () => {
  it("promotes after five measurements of which no more failed than may", () => {
    assert.deepEqual(told(argo(99, 0), [well, well, well, well, well]), [0.2, 0.2, 0.2, 0.2, "promote"]);
    assert.deepEqual(told(argo(99, 1), [badly, well, well, well, well]).at(-1), "promote");
  });

  it("aborts at the measurement that is one too many, and without requests", () => {
    assert.deepEqual(told(argo(99, 0), [well, badly]), [0.2, "reject"]);
    assert.deepEqual(told(argo(99, 1), [badly, silent]), [0.2, "reject"]);
    assert.deepEqual(told(argo(99, 3), [badly, badly, badly, well, badly]).at(-1), "reject");
  });
});

describe("Flagger", () => {
  it("moves on with each check that holds, and promotes at 50 %", () => {
    assert.deepEqual(told(flagger(1), [well, well, well, well, well]), [0.2, 0.3, 0.4, 0.5, "promote"]);
  });

  it("stays where a check fails, and rolls back a minute after the last that may", () => {
    assert.deepEqual(told(flagger(1), [well, badly, well]), [0.2, 0.2, "reject"]);
    assert.deepEqual(told(flagger(2), [badly, well, silent, well]), [0.1, 0.2, 0.2, "reject"]);
  });
});

describe("consul-release-controller", () => {
  it("moves on to the end with each check that holds", () => {
    const ended = told(
      consulReleaseController(5),
      Array.from({ length: 9 }, () => well),
    );
    assert.deepEqual(ended, [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, "promote"]);
  });

  it("counts failed checks from each step anew", () => {
    assert.deepEqual(told(consulReleaseController(2), [badly, well, badly, well]), [0.1, 0.2, 0.2, 0.3]);
    assert.deepEqual(told(consulReleaseController(2), [well, badly, silent]), [0.2, 0.2, "reject"]);
  });
});

describe("Kayenta", () => {
  const low = [3, 4, 5, 6, 7, 8, 9];
  const times = (count: number, values: readonly number[]) =>
    Array.from({ length: count }, () => values).flat();

  it("calls values high that are clearly above, and no others", () => {
    const high = low.map((value) => value + 6);
    assert.equal(isHigh(times(8, high), times(8, low)), true);
    assert.equal(isHigh(times(8, low), times(8, high)), false);
    assert.equal(isHigh(times(8, low), times(8, low)), false);
    assert.equal(isHigh([9, 9, 9], [2, 2, 2]), true);
    assert.equal(isHigh([2, 2, 2], [2, 2, 2]), false);
  });

  it("does not where the difference might be less than a quarter of its estimate, or the mean is lower", () => {
    const spread = [10, 20, 30, 40];
    assert.equal(isHigh(spread, [1, 2, 3, 4]), true);
    assert.equal(isHigh(spread, [1, 2, 3, 5]), false);
    const high = low.map((value) => value + 6);
    assert.equal(isHigh(times(8, high), [...times(8, low), 1000]), false);
  });

  it("judges after each of three hours", () => {
    const minute = (canary: number, other: number) => ({
      canary: { requests: 100, failed: canary },
      other: { requests: 100, failed: other },
    });
    const judged = (canary: (index: number) => number) => {
      let state = kayenta.begin;
      for (let index = 0; index < 180; index++) {
        const step = kayenta.after(state, minute(canary(index), index % 7));
        if (step.told !== "wait") return [index + 1, step.told];
        state = step.state;
      }
      return [180, "wait"];
    };
    assert.deepEqual(
      judged((index) => index % 7),
      [180, "promote"],
    );
    assert.deepEqual(
      judged((index) => (index % 7) + 5),
      [60, "reject"],
    );
    assert.deepEqual(
      judged((index) => (index < 60 ? index % 7 : (index % 7) + 9)),
      [120, "reject"],
    );
  });
});
