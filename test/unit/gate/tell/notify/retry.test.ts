import assert from "node:assert/strict";
import fc from "fast-check";
import { answeredBy, pauseMs } from "../../../../../gate/tell/notify/retry.ts";

const now = new Date("2026-01-02T03:04:05Z");
const typeOf = (status: number) => answeredBy(status, undefined, now).type;
const wait = (header: string) => {
  const answered = answeredBy(429, header, now);
  return answered.type === "later" ? answered.afterMs : assert.fail();
};

describe("an answer to a message", () => {
  it("says that it is taken, that it may be sent again, or that it will not be taken", () => {
    for (const status of [200, 202, 204]) assert.equal(typeOf(status), "taken", String(status));
    for (const status of [408, 425, 429, 500, 503]) assert.equal(typeOf(status), "later", String(status));
    for (const status of [301, 307, 400, 401, 404, 410])
      assert.equal(typeOf(status), "refused", String(status));
  });

  it("may say when to send again, in seconds or as a date", () => {
    assert.equal(wait("3"), 3_000);
    assert.equal(wait("Fri, 02 Jan 2026 03:04:15 GMT"), 10_000);
    assert.equal(wait("Fri, 02 Jan 2026 03:04:00 GMT"), 0);
    assert.equal(wait("soon"), undefined);
  });
});

describe("the pause before a message is sent again", () => {
  it("grows, differs from one sender to the next, and is never above a minute", () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((tried) => pauseMs(tried, undefined, 1)),
      [1_000, 2_000, 4_000, 8_000],
    );
    assert.equal(pauseMs(3, undefined, 0), 2_000);
    assert.equal(pauseMs(100, undefined, 0), 30_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tried, random) => {
          const pause = pauseMs(tried, undefined, random);
          assert.ok(pause >= 500 && pause <= 60_000);
        },
      ),
    );
  });

  it("is not shorter than the receiver asked for, within that minute", () => {
    assert.equal(pauseMs(1, 5_000, 0), 5_000);
    assert.equal(pauseMs(1, 3_600_000, 0), 60_000);
    assert.equal(pauseMs(4, 1_000, 1), 8_000);
  });
});
