import assert from "node:assert/strict";
import { fingerprintOf } from "../../../app/errors/fingerprint.ts";

function load(id: number): Error {
  return new Error(`no row ${id} in "class ${id}" of 0f8fad5b-d9cb-469f-a165-70867728950e`);
}

describe("the fingerprint of an error", () => {
  it("is the same whatever number, id or quoted text the message has", () => {
    assert.equal(fingerprintOf(load(1)), fingerprintOf(load(22)));
    assert.match(fingerprintOf(load(1)), /^[0-9a-f]{12}$/);
  });

  it("is another one for another message, name or function", () => {
    const elsewhere = (() => new Error('no row 1 in "class 1" of 0f8fad5b-d9cb-469f-a165-70867728950e'))();
    const fingerprints = [load(1), elsewhere, new Error("no table"), new TypeError("no table")].map(
      fingerprintOf,
    );
    assert.equal(new Set(fingerprints).size, 4);
  });

  it("is there for an error without a stack", () => {
    const error = new Error("bare");
    delete error.stack;
    assert.match(fingerprintOf(error), /^[0-9a-f]{12}$/);
  });
});
