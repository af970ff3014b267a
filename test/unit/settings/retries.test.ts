import assert from "node:assert/strict";
import type { z } from "zod";
import { reschedule, restart } from "../../../settings/retries.ts";

function wrong(schema: z.ZodType, given: unknown): string[] {
  return (schema.safeParse(given).error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".")} ${message}`,
  );
}

describe("the settings of restarts", () => {
  it("have Nomad's defaults", () => {
    assert.deepEqual(restart.parse({}), {
      attempts: 2,
      intervalSeconds: 1800,
      delaySeconds: 15,
      mode: "fail",
    });
  });

  it("may be none at all", () => {
    assert.deepEqual(wrong(restart, { attempts: 0 }), []);
  });

  const refused: [object, string][] = [
    [{ attempts: 0, mode: "delay" }, " must have at least 1 attempt where the mode is delay"],
    [
      { attempts: 3, delaySeconds: 20, intervalSeconds: 59 },
      " must have an interval in which all attempts find room, each with its delay",
    ],
    [{ mode: "never" }, "mode must be fail or delay"],
    [{ attempts: -1 }, "attempts must be a whole number of attempts, at least 0"],
    [{ attempts: 0, intervalSeconds: 4 }, "intervalSeconds must be a number of seconds, 5 to 604800"],
  ];
  for (const [given, sentence] of refused) {
    it(`refuse ${JSON.stringify(given)}`, () => {
      assert.deepEqual(wrong(restart, given), [sentence]);
    });
  }
});

describe("the settings of rescheduling", () => {
  const waits = { delaySeconds: 30, delayFunction: "exponential", maxDelaySeconds: 3600 };

  it("have Nomad's defaults", () => {
    assert.deepEqual(reschedule.parse({ type: "unlimited" }), { type: "unlimited", ...waits });
    const limited = { type: "limited", attempts: 3, intervalSeconds: 600 };
    assert.deepEqual(reschedule.parse(limited), { ...limited, ...waits });
    assert.deepEqual(reschedule.parse({ type: "never" }), { type: "never" });
  });

  it("may have a delay that does not grow and is above what it may grow to", () => {
    const given = { type: "unlimited", delaySeconds: 60, delayFunction: "constant", maxDelaySeconds: 5 };
    assert.deepEqual(wrong(reschedule, given), []);
  });

  const upwards = " must have a maxDelaySeconds that is not below delaySeconds";
  const refused: [unknown, string][] = [
    [{ type: "unlimited", delaySeconds: 60, maxDelaySeconds: 30 }, upwards],
    [{ type: "limited", attempts: 1, intervalSeconds: 600, delaySeconds: 60, maxDelaySeconds: 30 }, upwards],
    [{ type: "sometimes" }, "type must be one of: never, unlimited, limited"],
    ["never", " must have a type, one of: never, unlimited, limited"],
    [
      { type: "unlimited", delayFunction: "linear" },
      "delayFunction must be constant, exponential or fibonacci",
    ],
    [{ type: "unlimited", delaySeconds: 4 }, "delaySeconds must be a number of seconds, 5 to 86400"],
    [
      { type: "limited", attempts: 0, intervalSeconds: 600 },
      "attempts must be a whole number of attempts, at least 1",
    ],
    [{ type: "limited", attempts: 1 }, "intervalSeconds must be a number of seconds, 15 to 604800"],
  ];
  for (const [given, sentence] of refused) {
    it(`refuse ${JSON.stringify(given)}`, () => {
      assert.deepEqual(wrong(reschedule, given), [sentence]);
    });
  }
});
