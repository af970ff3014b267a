import assert from "node:assert/strict";
import { patiently } from "../../../gate/clients/patience.ts";
import { AnswerError, UnreachableError } from "../../../gate/errors.ts";

describe("asking a server that is away", () => {
  it("goes on until it is back, and tells the trouble once", async () => {
    let asked = 0;
    const troubles: Error[] = [];
    const answer = await patiently(
      () => (++asked < 3 ? Promise.reject(new UnreachableError("away")) : Promise.resolve("here")),
      { onTrouble: (error) => troubles.push(error) },
    );
    assert.equal(answer, "here");
    assert.equal(asked, 3);
    assert.equal(troubles.length, 1);
  });

  it("ends when it is away for too long", async () => {
    const away = () => Promise.reject(new UnreachableError("away"));
    await assert.rejects(patiently(away, { seconds: 0.5 }), UnreachableError);
  });

  it("is of no use where the answer is wrong", async () => {
    let asked = 0;
    const wrong = () => {
      asked++;
      return Promise.reject(new AnswerError("permission denied", 403));
    };
    await assert.rejects(patiently(wrong), AnswerError);
    assert.equal(asked, 1);
  });

  it("ends with its signal", async () => {
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort();
    }, 20);
    const away = () => Promise.reject(new UnreachableError("away"));
    await assert.rejects(patiently(away, { signal: stop.signal }), { name: "AbortError" });
  });
});
