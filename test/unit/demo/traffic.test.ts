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
    window.begin()({ type: "answered" });
    window.begin()({ type: "clientError", status: 503 });
    window.begin()({ type: "lost", why: "reset" });
    window.begin()({ type: "lost", why: "reset" });
    const { p99Ms, failures, ...counts } = await window.close();
    assert.equal(failures.length, 3);
    assert.deepEqual(counts, { total: 4, clientErrors: 1, lost: 2 });
    assert.ok(p99Ms >= 0);
  });

  it("says what 99 % of its requests had to wait at most, each from its beginning", async () => {
    let now = 0;
    const window = new Window(() => now);
    for (let index = 0; index < 98; index += 1) window.begin()({ type: "answered" });
    const [one, other] = [window.begin(), window.begin()];
    now = 20;
    one({ type: "lost", why: "reset" });
    now = 50;
    other({ type: "answered" });
    const { p99Ms } = await window.close();
    assert.equal(Math.round(p99Ms), 20);
    assert.equal((await new Window().close()).p99Ms, 0);
  });

  it("says of the first failures when each was, what came of it and after how long", async () => {
    let now = 1000;
    const window = new Window(() => now);
    now = 4200;
    const [one, other] = [window.begin(), window.begin()];
    now = 4230;
    one({ type: "clientError", status: 503 });
    other({ type: "lost", why: "reset" });
    for (let more = 0; more < 30; more += 1) window.begin()({ type: "lost", why: "reset" });
    const { failures, lost } = await window.close();
    assert.deepEqual(failures.slice(0, 2), [
      "a request of second 3.2 was answered with 503 after 30 ms",
      "a request of second 3.2 had no answer (reset) after 30 ms",
    ]);
    assert.deepEqual([failures.length, lost], [20, 31]);
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
    end({ type: "lost", why: "reset" });
    const { total, lost } = await closing;
    assert.deepEqual({ total, lost }, { total: 1, lost: 1 });
  });
});
