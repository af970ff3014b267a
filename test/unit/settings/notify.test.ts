import assert from "node:assert/strict";
import { minimal, parse, refusal } from "./stack-file.ts";

const url = "https://hooks.example.com/nary?team=a";
const notified = (...notify: object[]) => {
  const settings = parse({ ...minimal("canary"), notify });
  assert.ok(settings.role === "canary");
  return settings.notify;
};

describe("nary:notify", () => {
  it("is called for what matters, in JSON, unless said otherwise", () => {
    assert.deepEqual(notified({ url }), [
      {
        where: { url: new URL(url) },
        events: ["start", "waits", "verdict", "rollback", "exception", "end"],
        format: "json",
        timeoutSeconds: 10,
        tries: 5,
        plainHttp: false,
      },
    ]);
    const given = {
      urlFrom: { env: "SLACK_URL" },
      events: ["end"],
      format: "slack",
      timeoutSeconds: 3,
      tries: 1,
    };
    const { urlFrom, ...rest } = given;
    assert.deepEqual(notified(given), [{ ...rest, where: { from: urlFrom }, plainHttp: false }]);
  });

  it("goes where nobody can read it, unless that is allowed", () => {
    assert.match(
      refusal({ notify: [{ url: "http://hooks.example.com" }] }),
      /nary:notify\[0\]\.url is "http:\/\/hooks\.example\.com\/?": it must be https, .*plainHttp: true/,
    );
    for (const loopback of ["http://localhost:1", "http://127.0.0.2:1/x", "http://[::1]:1"])
      notified({ url: loopback });
    notified({ url: "http://hooks.example.com", plainHttp: true });
  });

  for (const [what, given, said] of [
    ["another event", { url, events: ["counts"] }, /notify\[0\]\.events\[0\] is "counts": .*one of: start, /],
    ["no event", { url, events: [] }, /notify\[0\]\.events is \[\]: /],
    ["no address", {}, /notify\[0\] is \{\}: it must have either url or urlFrom/],
    ["two addresses", { url, urlFrom: { env: "A" } }, /must have either url or urlFrom/],
    [
      "a password in the address",
      { url: "https://a:b@c.example" },
      /"https:\/\/…@c\.example": .*without user/,
    ],
    ["another scheme", { url: "ftp://c.example" }, /must be the address of a webhook/],
    ["a secret in the file", { url, secretFrom: "whsec_" }, /secretFrom is .*\{ env: NAME \}/],
    [
      "a signature for Slack",
      { url, format: "slack", secretFrom: { env: "A" } },
      /Slack looks at no signature/,
    ],
    ["a strange key", { url, headers: {} }, /nary:notify\[0\]\.headers is not a setting/],
  ] as const)
    it(`is refused with ${what}, in one sentence`, () => {
      const sentence = refusal({ notify: [given] });
      assert.match(sentence, said);
      assert.equal(sentence.split("\n").length, 1, sentence);
    });

  it("is a list, and a canary's", () => {
    assert.match(refusal({ notify: { url } }), /nary:notify is \{.*\}: it must be a list of webhooks/);
    assert.match(refusal({ notify: Array.from({ length: 21 }, () => ({ url })) }), /at most 20 webhooks/);
    assert.throws(
      () => parse({ ...minimal("production"), notify: [{ url }] }),
      /nary:notify is not a setting/,
    );
  });
});
