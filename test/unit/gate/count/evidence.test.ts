import assert from "node:assert/strict";
import fc from "fast-check";
import type { Answer, Told } from "../../../../gate/count/answer.ts";
import {
  costsOf,
  countsOf,
  faulty,
  fromNowOn,
  heard,
  noEvidence,
  type Evidence,
} from "../../../../gate/count/evidence.ts";

const counts = (requests: number, errors = 0, more: Partial<Told> = {}): Answer => ({
  type: "counts",
  process: undefined,
  requests,
  errors,
  failed: undefined,
  fingerprints: {},
  lagMs: undefined,
  costs: undefined,
  oddities: [],
  ...more,
});
const slow: Answer = { type: "slow", why: "did not answer within 5 s" };
const absent = { type: "absent", why: "could not be reached: connect ECONNREFUSED" } as const;
const wrong: Answer = { type: "wrong", why: "answered HTTP 500" };

const usual = { passing: false, restarts: 0, fromNow: false };
const after = (answers: readonly Answer[], circumstances: Partial<typeof usual> = {}) =>
  answers.reduce((evidence, answer) => heard(evidence, answer, { ...usual, ...circumstances }), noEvidence);

const seen = (evidence: Evidence) => countsOf("abc", evidence);

describe("what an instance has shown", () => {
  it("is the counts that it told last", () => {
    const evidence = after([counts(10), counts(20, 1)]);
    assert.equal(seen(evidence).requests, 20);
    assert.equal(seen(evidence).errors, 1);
    assert.equal(evidence.wentBack, false);
  });

  it("keeps the highest counts when a counter goes back, and is flagged", () => {
    const evidence = after([counts(100, 1), counts(7, 0)]);
    assert.equal(seen(evidence).requests, 100);
    assert.equal(seen(evidence).errors, 1);
    assert.equal(evidence.wentBack, true);
  });

  it("leaves out the gate's own requests, and none of their errors", () => {
    const own = { ...after([counts(10, 2)]), own: 4 };
    assert.deepEqual([seen(own).requests, seen(own).errors, seen(own).failed], [6, 2, 2]);
    const more = heard(own, counts(3, 1, { process: "another worker" }), usual);
    assert.deepEqual([seen(more).requests, seen(more).errors], [9, 3]);
    assert.equal(seen({ ...own, own: 11 }).requests, 0, "sent, and not counted yet");
  });

  it("never falls, whatever is heard", () => {
    const answer = fc.oneof(
      fc.tuple(fc.nat(), fc.nat()).map(([requests, errors]) => counts(requests, errors)),
      fc.constantFrom(slow, absent, wrong),
    );
    fc.assert(
      fc.property(fc.array(answer), fc.boolean(), (answers, passing) => {
        answers.reduce((before, next) => {
          const evidence = heard(before, next, { ...usual, passing });
          assert.ok(
            seen(evidence).requests >= seen(before).requests && seen(evidence).errors >= seen(before).errors,
          );
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
    assert.equal(heard(evidence, counts(0), { ...usual, passing: true }).trouble, undefined);
  });

  it("is an error when it refuses after it has answered", () => {
    assert.equal(after([counts(1), absent]).fault?.kind, "absent");
  });

  it("is an error when it answers wrongly after it has answered, or while Consul calls it healthy", () => {
    assert.equal(after([counts(1), wrong]).fault?.kind, "wrong");
    assert.equal(after([wrong], { passing: true }).fault?.kind, "wrong");
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

describe("counts of several processes of an instance", () => {
  const one = { process: "one" };
  const two = { process: "two" };

  it("are added when another one answers after a restart", () => {
    const evidence = after([counts(100, 1, one), counts(7, 0, two), counts(9, 1, two)]);
    assert.deepEqual([seen(evidence).requests, seen(evidence).errors], [109, 2]);
    assert.equal(evidence.wentBack, false);
  });

  it("are added when workers behind one port answer in turn, each by its highest", () => {
    const evidence = after([counts(10, 0, one), counts(20, 1, two), counts(12, 0, one), counts(25, 1, two)]);
    assert.deepEqual([seen(evidence).requests, seen(evidence).errors], [37, 1]);
    assert.equal(evidence.wentBack, false);
  });

  it("are added across a restart that only Nomad tells of", () => {
    const before = after([counts(100, 1)]);
    const evidence = heard(before, counts(7, 1), { ...usual, restarts: 1 });
    assert.deepEqual([seen(evidence).requests, seen(evidence).errors], [107, 2]);
    assert.equal(evidence.wentBack, false);
  });

  it("are wrong when each answer is another process", () => {
    const evidence = after(
      Array.from({ length: 257 }, (_, number) => counts(1, 0, { process: `p${number}` })),
    );
    assert.equal(evidence.fault?.kind, "wrong");
    assert.equal(seen(evidence).requests, 256);
  });

  it("have their failed requests and their errors by fingerprint added", () => {
    const evidence = after([
      counts(100, 3, { ...one, failed: 2, fingerprints: { abc: 3 } }),
      counts(100, 5, { ...two, failed: 4, fingerprints: { abc: 1, constructor: 4 } }),
    ]);
    assert.equal(seen(evidence).failed, 6);
    assert.deepEqual(seen(evidence).fingerprints, { abc: 4, constructor: 4 });
  });
});

describe("counts that began before the gate came", () => {
  const fromNow = { fromNow: true };

  it("are left out as far as they were there at the first answer of each process", () => {
    const evidence = after(
      [
        counts(1000, 9),
        counts(1010, 10),
        counts(500, 1, { process: "two" }),
        counts(502, 1, { process: "two" }),
      ],
      fromNow,
    );
    assert.deepEqual([seen(evidence).requests, seen(evidence).errors], [12, 1]);
  });

  it("are left out as far as they were there at a mark", () => {
    const marked = fromNowOn(after([counts(1000, 9), counts(1010, 10)], fromNow));
    assert.equal(seen(marked).requests, 0);
    assert.equal(seen(heard(marked, counts(1015, 11), { ...usual, ...fromNow })).requests, 5);
  });
});

describe("the costs of an instance", () => {
  const told = (requests: number, queries: number, process?: string) =>
    counts(requests, 0, {
      process,
      costs: new Map([
        [
          "GET /",
          { requests, queries: { sum: queries, squares: 2 * queries }, items: { sum: 0, squares: 0 } },
        ],
      ]),
    });
  const seenCosts = (evidence: Evidence) => {
    const spent = costsOf(evidence)?.get("GET /");
    return spent && [spent.requests, spent.queries.sum, spent.queries.squares];
  };

  it("are not known where it does not tell", () => {
    assert.equal(costsOf(after([counts(10)])), undefined);
  });

  it("are those that it told last, not those of an answer that comes late", () => {
    assert.deepEqual(seenCosts(after([told(10, 20), told(12, 24), told(11, 22)])), [12, 24, 48]);
  });

  it("begin anew with a process, and are added", () => {
    const evidence = after([told(10, 20, "one"), told(3, 6, "two"), told(12, 24, "one")]);
    assert.deepEqual(seenCosts(evidence), [15, 30, 60]);
  });

  it("are left out as far as they were there before the gate, of each process", () => {
    const evidence = after(
      [told(1000, 9000, "one"), told(1010, 9020, "one"), told(500, 5000, "two"), told(501, 5002, "two")],
      { fromNow: true },
    );
    assert.deepEqual(seenCosts(evidence), [11, 22, 44]);
    assert.equal(seenCosts(fromNowOn(evidence)), undefined);
    assert.deepEqual(seenCosts(heard(fromNowOn(evidence), told(502, 5004, "two"), usual)), [1, 2, 4]);
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
