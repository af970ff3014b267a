import assert from "node:assert/strict";
import { InterruptedError } from "../../../gate/errors.ts";
import { Interrupts } from "../../../gate/interrupts.ts";
import type { Event } from "../../../gate/tell/events.ts";

function interrupts() {
  const told: string[] = [];
  const tell = (event: Event) => {
    if (event.event === "interrupted") told.push(event.why);
  };
  return { told, interrupts: new Interrupts(tell) };
}

describe("an interruption", () => {
  it("ends a wait at once", () => {
    const { told, interrupts: asked } = interrupts();
    asked.throwIfRequested();
    asked.request();
    assert.equal(asked.signal.aborted, true);
    assert.throws(() => {
      asked.throwIfRequested();
    }, InterruptedError);
    assert.deepEqual(told, ["interrupted: stopping"]);
  });

  it("lets an act be finished, and says each time which one", async () => {
    const { told, interrupts: asked } = interrupts();
    const result = await asked.finishing("the promotion", async () => {
      asked.request();
      await asked.finishing("a part of it", () => {
        asked.request();
        return Promise.resolve();
      });
      return "done";
    });
    assert.equal(result, "done");
    assert.equal(told.length, 2);
    for (const why of told) assert.match(why, /the promotion is finished first/);
  });

  it("after an act ends the next wait at once", async () => {
    const { interrupts: asked } = interrupts();
    await asked.finishing("an act", () => Promise.resolve());
    asked.request();
    assert.equal(asked.requested, true);
  });
});
