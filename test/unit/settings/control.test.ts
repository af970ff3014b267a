import assert from "node:assert/strict";
import { controlRecord, reason } from "../../../settings/control.ts";
import { statusRecord } from "../../../settings/status.ts";
import { statusOf } from "../gate/people/statuses.ts";

const request = {
  id: "7e1d6ba6-3fd8-4a3f-9c1c-0f4b1d1a5f01",
  verb: "supersede",
  by: "ada@one",
  at: "2026-01-02T03:04:05.000Z",
  why: null,
  gate: "7e1d6ba6-3fd8-4a3f-9c1c-0f4b1d1a5f02",
  release: "api:2",
};
const text = (requests: readonly object[]) => JSON.stringify({ version: 1, requests });

describe("the records between people and a gate", () => {
  it("are read as they were written", () => {
    const control = text([request, { ...request, verb: "promote", now: true, why: "an outage" }]);
    const read: unknown = JSON.parse(controlRecord.encode(controlRecord.decode("key", control)));
    assert.deepEqual(read, JSON.parse(control));
    const status = statusOf({
      waitsFor: { for: "resume", why: "so" },
      heard: [{ id: "1", done: true, why: "" }],
    });
    assert.deepEqual(statusRecord.decode("key", statusRecord.encode(status)), status);
  });

  it("are refused with the key's name when they are something else", () => {
    const wrong = [
      "",
      "[]",
      text([{ ...request, verb: "delete" }]),
      text([{ ...request, gate: "any" }]),
      text([{ ...request, by: "a\u001b[2Jb" }]),
      text([{ ...request, release: "a b" }]),
      text(Array.from({ length: 201 }, () => request)),
    ];
    for (const each of wrong)
      assert.throws(() => controlRecord.decode("a/key", each), { message: /a\/key .* record control/ }, each);
    assert.throws(() => statusRecord.decode("a/key", text([])), { message: /a\/key .* record status/ });
  });

  it("have reasons of one line", () => {
    assert.equal(reason.safeParse("wrong image").success, true);
    for (const given of ["", "two\nlines", "x".repeat(501)])
      assert.equal(reason.safeParse(given).success, false);
  });
});
