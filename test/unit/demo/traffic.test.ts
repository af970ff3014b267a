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
    assert.deepEqual(await window.close(), { total: 4, clientErrors: 1, lost: 2 });
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
    assert.deepEqual(await closing, { total: 1, clientErrors: 0, lost: 1 });
  });
});
