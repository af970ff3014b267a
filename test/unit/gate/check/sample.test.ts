import assert from "node:assert/strict";
import { sampleOf } from "../../../../gate/check/sample.ts";

const success = (data: unknown) => JSON.stringify({ status: "success", data });
const scalar = (text: string) => success({ resultType: "scalar", result: [1.5, text] });
const vector = (...values: string[]) =>
  success({ resultType: "vector", result: values.map((value) => ({ metric: {}, value: [1.5, value] })) });

describe("an answer of Prometheus", () => {
  it("is a number where it is a scalar, or a vector of one sample", () => {
    for (const body of [scalar("0.25"), vector("0.25")])
      assert.deepEqual(sampleOf(200, body), { type: "number", value: 0.25 });
    assert.deepEqual(sampleOf(200, scalar("-1e-7")), { type: "number", value: -1e-7 });
  });

  it("is a number that a record can hold where it is infinite", () => {
    assert.deepEqual(sampleOf(200, vector("+Inf")), { type: "number", value: Number.MAX_VALUE });
    assert.deepEqual(sampleOf(200, vector("-Inf")), { type: "number", value: -Number.MAX_VALUE });
  });

  const others: [string, number, string, "nothing" | "refused", RegExp][] = [
    ["no number", 200, vector("NaN"), "nothing", /^gave "NaN"/],
    ["an empty number", 200, scalar(""), "nothing", /^gave ""/],
    ["no sample", 200, vector(), "nothing", /^has no sample/],
    ["two samples", 200, vector("1", "2"), "nothing", /^has 2 samples .* sum\(\) or max\(\)/],
    [
      "a histogram",
      200,
      success({ resultType: "vector", result: [{ metric: {}, histogram: [1, {}] }] }),
      "refused",
      /^gave a histogram/,
    ],
    ["a range", 200, success({ resultType: "matrix", result: [] }), "refused", /^gave a matrix/],
    ["a page", 200, "<html>", "refused", /^gave no answer of a Prometheus: "<html>"/],
    ["other JSON", 200, '{"status":"success"}', "refused", /^gave no answer of a Prometheus/],
    [
      "a mistake in the query",
      400,
      '{"status":"error","errorType":"bad_data","error":"parse error"}',
      "refused",
      /^answered HTTP 400: "parse error"$/,
    ],
    ["nobody there", 404, "404 page not found", "refused", /^answered HTTP 404/],
    [
      "that it is overloaded",
      503,
      '{"status":"error","error":"too many"}',
      "nothing",
      /HTTP 503: "too many"/,
    ],
    ["another address", 302, "", "nothing", /^answered HTTP 302: ""/],
  ];
  for (const [what, status, body, type, why] of others) {
    it(`is ${type === "refused" ? "a refusal for good" : "nothing for now"} with ${what}`, () => {
      const sample = sampleOf(status, body);
      assert.ok(sample.type === type, sample.type);
      assert.match(sample.why, why);
    });
  }

  it("is shown in part, and without what a terminal would take for more", () => {
    const sample = sampleOf(500, `\u001b[2J\u202e${"x".repeat(10_000)}`);
    assert.ok(sample.type === "nothing");
    assert.ok(sample.why.length < 300);
    assert.doesNotMatch(sample.why, /[\u001b\u202e]/);
  });
});
