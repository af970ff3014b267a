import assert from "node:assert/strict";
import { minimal, parse, refusal } from "./stack-file.ts";

const health = { name: "health", path: "/health" };

function parsed(...smoke: object[]) {
  const settings = parse({ ...minimal("canary"), gate: { smoke } });
  assert.equal(settings.role, "canary");
  return settings.gate.smoke;
}

describe("smoke tests in the settings", () => {
  it("need a name and a path", () => {
    assert.deepEqual(parsed(health), [
      {
        ...health,
        method: "GET",
        headers: {},
        headersFrom: {},
        status: [200],
        passes: 1,
        timeoutSeconds: 5,
        intervalSeconds: 0.5,
      },
    ]);
    assert.deepEqual(parsed(), []);
  });

  it("take all that a request and its answer have", () => {
    const all = {
      ...health,
      method: "POST",
      path: "/search?q=a%20b&limit=1",
      scheme: "https",
      headers: { "content-type": "application/json", host: "api.example.com" },
      headersFrom: { authorization: { env: "TOKEN" }, "x-key": { file: "/run/key" } },
      body: '{"a":1}',
      status: [200, 201],
      json: { a: [1, { b: null }], c: { d: "e" } },
      bodyHas: "found",
      passes: 3,
      timeoutSeconds: 1.5,
      intervalSeconds: 0.1,
    };
    assert.deepEqual(parsed(all), [all]);
    assert.deepEqual(parsed({ ...health, status: "204", passes: "2" }).at(0)?.status, [204]);
  });

  const refused: [string, unknown[], RegExp][] = [
    [
      "no name",
      [{ path: "/" }],
      /smoke\[0\]\.name is missing\. Mend it with: pulumi config set --path 'nary:gate\.smoke\[0\]\.name' health --stack canary$/,
    ],
    ["no path", [{ name: "a" }], /smoke\[0\]\.path is missing.* \/health --stack canary/],
    ["a word", ["/health"], /smoke\[0\] is "\/health": it must be a test: \{ name, path, … \}/],
    ["a name twice", [health, health], /gate\.smoke is .*must not have a name twice/],
    ["an unknown key", [{ ...health, url: "/" }], /smoke\[0\]\.url is not a setting/],
    ["another host in the path", [{ ...health, path: "//evil" }], /path is "\/\/evil": it must be a path/],
    ["a whole address", [{ ...health, path: "http://a/" }], /it must be a path, with a query or without/],
    ["a line end in the path", [{ ...health, path: "/a\r\nb: c" }], /it must be a path/],
    ["an unknown method", [{ ...health, method: "get" }], /method is "get": it must be one of: GET, HEAD/],
    ["a body with GET", [{ ...health, body: "a" }], /body is "a": it must be left out with the method GET/],
    ["JSON of HEAD", [{ ...health, method: "HEAD", json: {} }], /json is \{\}: it must be left out with/],
    ["text of HEAD", [{ ...health, method: "HEAD", bodyHas: "a" }], /bodyHas is "a": it must be left out/],
    ["no status", [{ ...health, status: [] }], /status is \[\]: it must be a status of HTTP/],
    ["a status that is none", [{ ...health, status: 99 }], /status is 99: it must be a status of HTTP/],
    ["an empty text", [{ ...health, bodyHas: "" }], /bodyHas is "": it must be text/],
    ["no try", [{ ...health, passes: 0 }], /passes is 0: it must be a whole number of good answers in a row/],
    ["no pause", [{ ...health, intervalSeconds: 0 }], /intervalSeconds is 0: it must be a number of seconds/],
    ["a header of the connection", [{ ...health, headers: { Expect: "a" } }], /must be the name of a header/],
    ["two lines in a header", [{ ...health, headers: { a: "b\r\nc: d" } }], /must be one line of plain text/],
    [
      "a header from two places",
      [{ ...health, headers: { "X-Key": "a" }, headersFrom: { "x-key": { env: "KEY" } } }],
      /headersFrom\.x-key is \{"env":"KEY"\}: it must not be given twice/,
    ],
    [
      "a secret from nowhere",
      [{ ...health, headersFrom: { a: "KEY" } }],
      /headersFrom\.a is "KEY": it must be where the gate finds it/,
    ],
  ];
  for (const [name, smoke, sentence] of refused)
    it(`are refused with ${name}`, () => {
      assert.match(refusal({ gate: { smoke } }), sentence);
    });

  it("are refused with a secret in the stack's file, which is not shown", () => {
    const said = refusal({ gate: { smoke: [{ ...health, headers: { Authorization: "Bearer planted" } }] } });
    assert.match(
      said,
      /headers\.Authorization is a secret that cannot be used: it must be in headersFrom: a secret never stands/,
    );
    assert.doesNotMatch(said, /planted/);
  });

  it("are refused when they could never pass in time", () => {
    const slow = { ...health, passes: 11, intervalSeconds: 1 };
    const gate = { smoke: [slow, { ...slow, name: "other" }], smokeSeconds: 20 };
    assert.match(refusal({ gate }), /gate\.smokeSeconds is 20: it must be above 20, the seconds between/);
    assert.doesNotThrow(() => parse({ ...minimal("canary"), gate: { ...gate, smokeSeconds: 21 } }));
  });
});
