import assert from "node:assert/strict";
import { evidenceOf } from "../../../../gate/decide/evidence.ts";
import { notUp } from "../../../../gate/decide/start.ts";
import { observation } from "./observations.ts";

const evidence = evidenceOf(observation(), []);
const late = { up: 1, count: 8, startSeconds: 300, placement: [], troubles: [], evidence };

describe("a canary that is not up in time", () => {
  it("is inconclusive when Nomad could not place it, and the reasons are told", () => {
    const verdict = notUp({ ...late, placement: ["the group web cannot be placed: cpu"] });
    assert.equal(verdict.type, "inconclusive");
    assert.equal(verdict.why, "1 of 8 canaries were up within 300 s: the group web cannot be placed: cpu");
  });

  it("is rejected when it runs and does not tell its counts", () => {
    const verdict = notUp({ ...late, troubles: ["abc answered HTTP 404"] });
    assert.equal(verdict.type, "reject");
    assert.match(verdict.why, /abc answered HTTP 404/);
  });
});
