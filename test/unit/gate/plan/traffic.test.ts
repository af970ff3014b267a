import assert from "node:assert/strict";
import { answerOf, type Told } from "../../../../gate/count/answer.ts";
import { todayOf } from "../../../../gate/plan/traffic.ts";

function told(requestCount: number, errorCount: number, more: object = {}): Told {
  const answer = answerOf(200, JSON.stringify({ requestCount, errorCount, ...more }));
  if (answer.type !== "counts") throw new Error(answer.why);
  return answer;
}

describe("today's traffic", () => {
  it("is what all instances served between the two questions, and failed since they started", () => {
    const pairs = [
      { id: "a", before: told(1000, 3), after: told(1100, 4) },
      { id: "b", before: told(5000, 90), after: told(5300, 90, { failedRequests: 6 }) },
    ];
    assert.deepEqual(todayOf(pairs, 10), {
      instances: 2,
      requestsPerSecond: 40,
      requests: 6400,
      failed: 10,
      unknown: [],
    });
  });

  it("leaves out an instance that did not tell twice, or has started again, and says so", () => {
    const pairs = [
      { id: "a", before: told(1000, 0), after: undefined },
      { id: "b", before: undefined, after: told(5, 0) },
      { id: "c", before: told(1000, 0), after: told(5, 0) },
      { id: "d", before: told(10, 0), after: told(20, 0) },
    ];
    const { instances, requestsPerSecond, unknown } = todayOf(pairs, 10);
    assert.deepEqual([instances, requestsPerSecond], [1, 1]);
    assert.deepEqual(
      unknown.map((sentence) => sentence.charAt(0)),
      ["a", "b", "c"],
    );
  });
});
