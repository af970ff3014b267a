import assert from "node:assert/strict";
import fc from "fast-check";
import type { Answer } from "../../../../gate/count/answer.ts";
import { countsOf, faulty, heard, noEvidence } from "../../../../gate/count/evidence.ts";

const counts = (requests: number, errors = 0): Answer => ({ type: "counts", requests, errors });
const slow: Answer = { type: "slow", why: "did not answer within 5 s" };
const absent = { type: "absent", why: "could not be reached: connect ECONNREFUSED" } as const;
const wrong: Answer = { type: "wrong", why: "answered HTTP 500" };

const after = (answers: readonly Answer[], passing = false) =>
  answers.reduce((evidence, answer) => heard(evidence, answer, passing), noEvidence);

describe("what an instance has shown", () => {
  it("is the counts that it told last", () => {
    const evidence = after([counts(10), counts(20, 1)]);
    assert.equal(evidence.requests, 20);
    assert.equal(evidence.errors, 1);
    assert.equal(evidence.wentBack, false);
  });

  it("keeps the highest counts when a counter goes back, and is flagged", () => {
    const evidence = after([counts(100, 1), counts(7, 0)]);
    assert.equal(evidence.requests, 100);
    assert.equal(evidence.errors, 1);
    assert.equal(evidence.wentBack, true);
  });

  it("never falls, whatever is heard", () => {
    const answer = fc.oneof(
      fc.tuple(fc.nat(), fc.nat()).map(([requests, errors]) => counts(requests, errors)),
      fc.constantFrom(slow, absent, wrong),
    );
    fc.assert(
      fc.property(fc.array(answer), fc.boolean(), (answers, passing) => {
        answers.reduce((before, next) => {
          const evidence = heard(before, next, passing);
          assert.ok(evidence.requests >= before.requests && evidence.errors >= before.errors);
          assert.ok(before.fault === undefined || evidence.fault === before.fault);
          return evidence;
        }, noEvidence);
      }),
    );
  });

  it("is no error while it starts: refused, slow, or not yet itself", () => {
    const evidence = after([absent, slow, slow, slow, slow, wrong, absent]);
    assert.equal(evidence.fault, undefined);
    assert.equal(evidence.trouble, absent.why);
    assert.equal(heard(evidence, counts(0), true).trouble, undefined);
  });

  it("is an error when it refuses after it has answered", () => {
    assert.equal(after([counts(1), absent]).fault?.kind, "absent");
  });

  it("is an error when it answers wrongly after it has answered, or while Consul calls it healthy", () => {
    assert.equal(after([counts(1), wrong]).fault?.kind, "wrong");
    assert.equal(after([wrong], true).fault?.kind, "wrong");
  });

  it("is an error at the third late answer in a row, and not at two and two", () => {
    assert.equal(after([counts(1), slow, slow, counts(2), slow, slow]).fault, undefined);
    assert.equal(after([counts(1), slow, slow, slow]).fault?.kind, "silent");
  });

  it("keeps the first fault", () => {
    const evidence = faulty(after([counts(1), absent]), { kind: "crashed", why: "crashed" });
    assert.equal(evidence.fault?.kind, "absent");
  });
});

describe("what deciding gets of an instance", () => {
  it("is its counts and its fault; its errors are its failed requests, as far as there were requests", () => {
    const counted = countsOf("abc", after([counts(50, 2), absent]));
    assert.deepEqual(counted, {
      id: "abc",
      requests: 50,
      errors: 2,
      failed: 2,
      fingerprints: {},
      fault: { kind: "absent", why: absent.why },
    });
    assert.equal(countsOf("abc", after([counts(3, 7)])).failed, 3);
    assert.equal(countsOf("abc", after([counts(3)])).fault, null);
  });
});
