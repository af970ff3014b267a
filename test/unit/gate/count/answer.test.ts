import assert from "node:assert/strict";
import fc from "fast-check";
import { answerOf } from "../../../../gate/count/answer.ts";

describe("an answer of the counter route", () => {
  it("gives the counts of the article's service, whatever else it tells", () => {
    assert.deepEqual(answerOf(200, '{"errorCount":1,"requestCount":2,"memory":"12 MB"}'), {
      type: "counts",
      requests: 2,
      errors: 1,
    });
  });

  for (const [name, body] of [
    ["HTML", "<html>Not here</html>"],
    ["a string", '{"errorCount":"0","requestCount":"100"}'],
    ["a missing count", '{"requestCount":100}'],
    ["a negative count", '{"errorCount":0,"requestCount":-1}'],
    ["a broken number", '{"errorCount":0,"requestCount":1.5}'],
    ["NaN", '{"errorCount":NaN,"requestCount":100}'],
    ["null, as JSON writes NaN", '{"errorCount":null,"requestCount":100}'],
    ["a number beyond counting", '{"errorCount":0,"requestCount":1e308}'],
    ["a list", "[0,100]"],
  ] as const) {
    it(`is wrong when it holds ${name}, and what it said is told`, () => {
      const answer = answerOf(200, body);
      assert.ok(answer.type === "wrong");
      assert.ok(answer.why.includes(JSON.stringify(body)), answer.why);
    });
  }

  it("is wrong with any status but 200", () => {
    for (const status of [201, 204, 301, 404, 500, 503]) {
      assert.equal(answerOf(status, '{"errorCount":0,"requestCount":100}').type, "wrong");
    }
  });

  it("is told by its beginning when it is long", () => {
    const answer = answerOf(200, `<html>${"x".repeat(10_000)}`);
    assert.ok(answer.type === "wrong" && answer.why.includes("<html>") && answer.why.length < 300);
  });

  it("is nobody's when it is empty", () => {
    assert.equal(answerOf(200, "").type, "absent");
  });

  it("is never counts that are not whole and at least 0, and its words are short and printable", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (body) => {
        const answer = answerOf(200, body);
        if (answer.type === "counts") {
          assert.ok(Number.isSafeInteger(answer.requests) && answer.requests >= 0);
          assert.ok(Number.isSafeInteger(answer.errors) && answer.errors >= 0);
        } else {
          assert.ok(answer.why.length < 1_000);
          assert.doesNotMatch(answer.why, /[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
    );
  });
});
