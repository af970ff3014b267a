import assert from "node:assert/strict";
import { UsageError } from "../../../../gate/errors.ts";
import { checkSmokeSecrets, hiding, secretHeadersOf } from "../../../../gate/smoke/secrets.ts";
import { smoke } from "../../../../settings/smoke.ts";

const [test] = smoke.parse([
  { name: "search", path: "/", headersFrom: { authorization: { env: "TOKEN" }, "x-key": { env: "KEY" } } },
]);
assert.ok(test !== undefined);

describe("the secret headers of a smoke test", () => {
  it("are found where the settings say", () => {
    const headers = { authorization: "Bearer planted-token", "x-key": "k1" };
    assert.deepEqual(secretHeadersOf(test, { TOKEN: "Bearer planted-token\n", KEY: "k1" }), headers);
  });

  it("that are missing are told by test, header and place, and never what is in it", () => {
    for (const environment of [{ KEY: "k1" }, { KEY: "k1", TOKEN: "plan\nted" }])
      assert.throws(
        () => {
          checkSmokeSecrets([test], environment);
        },
        (error) =>
          error instanceof UsageError &&
          /^The header authorization of the smoke test search cannot be sent: the variable TOKEN of/.test(
            error.message,
          ) &&
          !error.message.includes("ted"),
      );
  });

  it("are hidden, also by their words and as JSON has them, also short ones", () => {
    const hide = hiding({ authorization: "Bearer planted-token", cookie: 'say="hello-there"', short: "k1" });
    const text = 'planted-token Bearer planted-token {"cookie":"say=\\"hello-there\\""} k1 hello-there';
    assert.doesNotMatch(hide(text), /planted|hello|k1/);
    assert.equal(hide("nothing of what they say"), "nothing of what they say");
    assert.equal(hide("<Bearer planted-token>"), "<***>", "a secret as a whole before its words");
    assert.equal(hiding({ key: 'a"b' })('{"key":"a\\"b"}'), '{"key":"***"}');
  });
});
