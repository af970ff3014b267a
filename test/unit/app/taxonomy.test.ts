import assert from "node:assert/strict";
import {
  clientError,
  countsAsError,
  expectedOutcome,
  isAppError,
  recoveredFailure,
  responseOf,
  serverError,
} from "../../../app/errors/taxonomy.ts";

const cause = new Error("why");

describe("what goes otherwise than planned", () => {
  for (const [name, error, counts, status] of [
    ["a server error", serverError("broken", { area: "classes", team: "core", cause }), true, 500],
    ["a client error", clientError("no such field", 400), false, 400],
    ["an expected outcome", expectedOutcome("wrong password", 401), false, 401],
    ["a recovered failure", recoveredFailure("cache is away", "redis"), false, 200],
  ] as const) {
    it(`${name} ${counts ? "counts" : "does not count"} and is answered with ${status}`, () => {
      assert(isAppError(error));
      assert.equal(countsAsError(error), counts);
      assert.equal(responseOf(error).status, status);
    });
  }

  it("whatever has no type counts, and tells a client nothing", () => {
    for (const thrown of [new Error("secret"), "secret", undefined]) {
      assert.equal(isAppError(thrown), false);
      assert.equal(countsAsError(thrown), true);
      assert.deepEqual(responseOf(thrown), { status: 500, message: "server error" });
    }
    assert.doesNotMatch(responseOf(serverError("secret")).message, /secret/);
  });

  it("keeps its cause and its owner", () => {
    const error = serverError("broken", { area: "classes", team: "core", cause });
    assert.equal(error.cause, cause);
    assert.deepEqual([error.area, error.team], ["classes", "core"]);
  });
});
