import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { faultOf, type Expectation } from "../../../../gate/smoke/expectation.ts";

const fault = (expected: Partial<Expectation>, body: unknown, status = 200) =>
  faultOf(
    { status: [200], json: undefined, bodyHas: undefined, ...expected },
    { status, body: typeof body === "string" ? body : JSON.stringify(body) },
  );

describe("an answer to a smoke test", () => {
  it("passes by its status alone where nothing else is expected", () => {
    assert.equal(fault({}, "whatever"), undefined);
    assert.equal(fault({ status: [201, 204] }, "", 204), undefined);
  });

  it("fails by another status, and the beginning of what it said is told", () => {
    assert.equal(fault({}, "down\n\u001b[31m", 503), "answered 503, 200 was expected: down �[31m");
    assert.equal(fault({ status: [200, 204] }, "", 302), "answered 302, 200 or 204 was expected");
    assert.equal(fault({}, "to\u202eleft", 500), "answered 500, 200 was expected: to�left");
    assert.match(fault({}, "x".repeat(1000), 500) ?? "", /expected: x{200}…$/);
  });

  it("passes when the expected JSON is in it, whatever else is in its objects", () => {
    const came = { status: "ok", database: { up: true, since: 1 }, versions: [1, { a: 2 }], none: null };
    for (const json of [
      {},
      { status: "ok" },
      { database: { up: true }, versions: [1, { a: 2 }] },
      { none: null },
      came,
    ])
      assert.equal(fault({ json }, came), undefined, JSON.stringify(json));
    assert.equal(fault({ json: null }, "null"), undefined);
    assert.equal(fault({ json: [1, 2] }, [1, 2]), undefined);
  });

  const wrong: [string, Expectation["json"], unknown, RegExp][] = [
    ["another value", { status: "ok" }, { status: "bad" }, /with "bad" at status, "ok" was expected: \{"st/],
    ["one deep inside", { a: { "b c": [1] } }, { a: { "b c": [2] } }, /with 2 at a\["b c"\]\[0\], 1 was/],
    ["another type", { port: 1 }, { port: "1" }, /with "1" at port, 1 was expected/],
    ["a missing key", { a: { b: 1 } }, { a: {} }, /with nothing at a\.b, 1 was expected/],
    ["null for an object", { a: { b: 1 } }, { a: null }, /with null at a, \{"b":1\} was expected/],
    ["a shorter list", { a: [1, 2] }, { a: [1] }, /with \[1\] at a, \[1,2\] was expected/],
    ["a longer list", { a: [] }, { a: [1] }, /with \[1\] at a, \[\] was expected/],
    ["another order", [1, 2], [2, 1], /with 2 at \[0\], 1 was expected/],
    ["more in an object of a list", [{ a: 1 }], [{ a: 1, b: 2 }], /with 2 at \[0\]\.b, nothing was expected/],
    [
      "more deep inside a list",
      [{ a: {} }],
      [{ a: { b: 2 } }],
      /with 2 at \[0\]\.a\.b, nothing was expected/,
    ],
    ["a list for an object", {}, [], /with \[\] as a whole, \{\} was expected/],
    ["what every object has", { toString: 1 }, {}, /with nothing at toString/],
  ];
  for (const [name, json, came, sentence] of wrong)
    it(`fails by ${name}`, () => {
      assert.match(fault({ json }, came) ?? "", sentence);
    });

  it("fails when it is no JSON", () => {
    assert.equal(fault({ json: {} }, "<html>"), "answered 200 without the expected JSON: <html>");
    assert.match(fault({ json: {} }, "") ?? "", /without the expected JSON$/);
  });

  it("fails without the text that it must have", () => {
    assert.equal(fault({ bodyHas: "Welcome" }, "Welcome back"), undefined);
    assert.equal(fault({ bodyHas: "Welcome" }, "Sorry"), 'answered 200 without "Welcome" in it: Sorry');
  });

  it("hides secrets before it is cut", () => {
    const hide = (text: string) => text.replaceAll("secret", "***");
    const body = `${"x".repeat(197)}secret`;
    const came = faultOf({ status: [200], json: undefined, bodyHas: undefined }, { status: 500, body }, hide);
    assert.match(came ?? "", /x\*\*\*$/);
    const json = faultOf(
      { status: [200], json: { a: 1 }, bodyHas: undefined },
      { status: 200, body: '{"a":"secret"}' },
      hide,
    );
    assert.doesNotMatch(json ?? "", /secret/);
  });

  it("passes with any JSON when that is expected, and fails with any other in a list", () => {
    const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("__proto__"));
    fc.assert(
      fc.property(json, json, (one, other) => {
        const [wanted, came] = [JSON.stringify(one), JSON.stringify(other)];
        const expected = parsed(wanted);
        assert.equal(fault({ json: expected }, wanted), undefined);
        const inList = fault({ json: [expected] }, `[${came}]`);
        assert.equal(inList === undefined, sorted(wanted) === sorted(came));
      }),
      { seed: 1 },
    );
  });
});

const jsonOf = (text: string): unknown => JSON.parse(text);

function parsed(text: string) {
  return z.json().parse(jsonOf(text));
}

/** The same text for equal values, whatever the order of their keys. */
function sorted(text: string): string {
  return JSON.stringify(jsonOf(text), (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
      : value,
  );
}
