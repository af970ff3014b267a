import assert from "node:assert/strict";
import { UsageError } from "../../../../../gate/errors.ts";
import { keyOf, signedHeaders } from "../../../../../gate/tell/notify/sign.ts";

/** That of the libraries of Standard Webhooks. */
const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  at: new Date(1_614_265_330_999),
  body: '{"test": 2432232314}',
};

describe("the signature of a message", () => {
  it("is the one of Standard Webhooks", () => {
    const { secret, id, at, body } = vector;
    assert.deepEqual(signedHeaders(keyOf(secret), id, at, body), {
      "webhook-id": id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
    assert.deepEqual(keyOf(secret.slice("whsec_".length)), keyOf(secret));
  });

  it("is another one for another body, time, id or secret", () => {
    const { secret, id, at, body } = vector;
    const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const all = [
      signedHeaders(keyOf(secret), id, at, body),
      signedHeaders(keyOf(secret), id, at, `${body} `),
      signedHeaders(keyOf(secret), id, new Date(0), body),
      signedHeaders(keyOf(secret), `${id}2`, at, body),
      signedHeaders(keyOf(other), id, at, body),
    ];
    assert.equal(new Set(all.map((headers) => headers["webhook-signature"])).size, all.length);
  });

  it("is not made with a secret that is none, of which nothing is said", () => {
    for (const secret of [
      "a-password",
      "whsec_",
      "whsec_not base64!",
      "whsec_a sentence that would be long enough for a key",
      `whsec_${Buffer.alloc(23, 1).toString("base64")}`,
      Buffer.alloc(65, 1).toString("base64"),
    ])
      assert.throws(
        () => keyOf(secret),
        (error) =>
          error instanceof UsageError &&
          /make one with: .*openssl rand/.test(error.message) &&
          (secret === "whsec_" || !error.message.includes(secret)),
      );
  });
});
