import assert from "node:assert/strict";
import fc from "fast-check";
import { createPace } from "../../../demo/traffic/pace.ts";
import { Window } from "../../../demo/traffic/window.ts";

describe("pace of the traffic", () => {
  it("owes the rate, whatever the lengths of the ticks", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), (ticks) => {
        const pace = createPace(900, 0);
        let now = 0;
        let sent = 0;
        for (const tick of ticks) {
          now += tick;
          sent += pace(now);
        }
        assert.ok(Math.abs(sent - (now * 900) / 1000) <= 1);
      }),
    );
  });

  it("does not make up for a long pause", () => {
    const pace = createPace(1_000, 0);
    assert.equal(pace(60_000), 100);
  });
});

describe("window of the traffic", () => {
  it("counts what became of its requests", async () => {
    const window = new Window();
    window.begin()("answered");
    window.begin()("clientError");
    window.begin()("lost");
    window.begin()("lost");
    const { p99Ms, ...counts } = await window.close();
    assert.deepEqual(counts, { total: 4, clientErrors: 1, lost: 2 });
    assert.ok(p99Ms >= 0);
  });

  it("says what 99 % of its requests had to wait at most, each from its beginning", async () => {
    let now = 0;
    const window = new Window(() => now);
    for (let index = 0; index < 98; index += 1) window.begin()("answered");
    const [one, other] = [window.begin(), window.begin()];
    now = 20;
    one("lost");
    now = 50;
    other("answered");
    const { p99Ms } = await window.close();
    assert.equal(Math.round(p99Ms), 20);
    assert.equal((await new Window().close()).p99Ms, 0);
  });

  it("waits for a request that was begun in it", async () => {
    const window = new Window();
    const end = window.begin();
    let closed = false;
    const closing = window.close().then((counts) => {
      closed = true;
      return counts;
    });
    await new Promise(setImmediate);
    assert.equal(closed, false);
    end("lost");
    const { total, lost } = await closing;
    assert.deepEqual({ total, lost }, { total: 1, lost: 1 });
  });
});
