import assert from "node:assert/strict";
import { isKept, keptWhy } from "../../../../gate/act/kept.ts";

describe("a canary on which nothing was decided", () => {
  it("stays up where it is to be kept, unless a newer one takes its place or it is no more", () => {
    const keep = { onInconclusive: "keep" } as const;
    assert.equal(isKept(keep, "time limit"), true);
    assert.equal(isKept(keep, "start"), true);
    assert.equal(isKept(keep, "superseded"), false);
    assert.equal(isKept(keep, "stopped"), false);
    for (const onInconclusive of ["destroy", "extend"] as const)
      assert.equal(isKept({ onInconclusive }, "time limit"), false);
  });

  it("is told with the ways to go on", () => {
    assert.match(
      keptWhy("the time limit of 60 s was reached", "api-canary", "eu-canary"),
      /^the time limit of 60 s was reached\. The canary api-canary stays up, without traffic .*: nary gate -s eu-canary, .*: nary reject -s eu-canary$/,
    );
  });
});
