import assert from "node:assert/strict";
import fc from "fast-check";
import { countedOf, evidenceOf, firstErrorOf } from "../../../../gate/decide/evidence.ts";
import type { HaproxyCounts } from "../../../../gate/decide/observation.ts";
import type { AllowedError } from "../../../../settings/allowed-errors.ts";
import { instance, judgeOf, observation } from "./observations.ts";

const haproxy = (seen: Partial<HaproxyCounts> = {}): HaproxyCounts => ({
  requests: 0,
  serverErrors: 0,
  brokenAnswers: 0,
  clientErrors: 0,
  ...seen,
});
const crashed = { kind: "crashed", why: "crashed: exit code 1" } as const;
const known: AllowedError = { fingerprint: "E1", reason: "being mended", until: "2027-03-31" };

describe("what counts of a side", () => {
  it("is what all its instances told together where no HAProxy could be asked", () => {
    const instances = [
      instance({ requests: 100, errors: 3, failed: 2 }),
      instance({ requests: 50, errors: 1, failed: 1 }),
    ];
    assert.deepEqual(countedOf({ instances, haproxy: null }, []), { requests: 150, errors: 4, failed: 3 });
  });

  it("is the fewer requests of the two witnesses", () => {
    const instances = [instance({ requests: 100 })];
    assert.equal(countedOf({ instances, haproxy: haproxy({ requests: 90 }) }, []).requests, 90);
    assert.equal(countedOf({ instances, haproxy: haproxy({ requests: 110 }) }, []).requests, 100);
  });

  it("is a failure more for each answer that never came, which the service cannot count", () => {
    const instances = [instance({ requests: 100, errors: 1, failed: 1 })];
    const counted = countedOf({ instances, haproxy: haproxy({ requests: 103, brokenAnswers: 3 }) }, []);
    assert.deepEqual(counted, { requests: 100, errors: 4, failed: 4 });
  });

  it("takes a crash and the answers that it broke for the same failures", () => {
    const instances = [instance({ requests: 100, fault: crashed })];
    const broken = (brokenAnswers: number) =>
      countedOf({ instances, haproxy: haproxy({ requests: 100, brokenAnswers }) }, []).failed;
    assert.deepEqual([broken(0), broken(1), broken(3)], [1, 1, 3]);
    assert.equal(countedOf({ instances, haproxy: null }, []).failed, 1);
  });

  it("leaves it to the service whether an answer with a status of 500 is an error", () => {
    const instances = [instance({ requests: 100 })];
    assert.equal(
      countedOf({ instances, haproxy: haproxy({ requests: 100, serverErrors: 5 }) }, []).errors,
      0,
    );
  });

  it("under zero-errors is an error when a canary crashed or HAProxy got no answer", () => {
    const crash = observation({ canary: { instances: [instance({ fault: crashed })], haproxy: null } });
    assert.equal(judgeOf({ type: "zero-errors" }).see(crash).type, "reject");
    const cut = {
      instances: [instance({ requests: 9 })],
      haproxy: haproxy({ requests: 10, brokenAnswers: 1 }),
    };
    const verdict = judgeOf({ type: "zero-errors" }).see(observation({ canary: cut }));
    assert.equal(verdict.type, "reject");
    assert.match(verdict.why, /^1 error in 9 requests: HAProxy saw 1 answer refused, cut, empty or late$/);
  });
});

describe("allowed errors", () => {
  const seen = instance({ requests: 100, errors: 5, failed: 5, fingerprints: { E1: 3, E2: 2 } });

  it("are neither errors nor failed requests, and are told", () => {
    const evidence = evidenceOf(observation({ canary: { instances: [seen], haproxy: null } }), [known]);
    assert.deepEqual(evidence.canary, { requests: 100, errors: 2, failed: 2 });
    assert.deepEqual(evidence.allowed, [{ fingerprint: "E1", reason: "being mended", errors: 3 }]);
  });

  it("do not count on either side of a comparison", () => {
    const side = { instances: [seen], haproxy: null };
    assert.equal(evidenceOf(observation({ other: side }), [known]).other?.failed, 2);
  });

  it("let a canary go on under zero-errors, and no other error", () => {
    const judge = judgeOf({ type: "zero-errors" }, { allowedErrors: [known] });
    const only = instance({ requests: 10, errors: 1, failed: 1, fingerprints: { E1: 1 } });
    assert.equal(judge.see(observation({ canary: { instances: [only], haproxy: null } })).type, "wait");
    const verdict = judge.see(observation({ canary: { instances: [seen], haproxy: null } }));
    assert.equal(verdict.type, "reject");
    assert.match(verdict.why, /^2 errors in 100 requests: abcdefgh counted 2$/);
  });

  it("hide no failed request when one request had several of them", () => {
    // One request with three allowed errors, two requests with another one each.
    const several = instance({ requests: 10, errors: 5, failed: 3, fingerprints: { E1: 3, E2: 2 } });
    assert.equal(countedOf({ instances: [several], haproxy: null }, [known]).failed, 2);
  });

  it("never take away more than was told, nor excuse a crash", () => {
    const lying = instance({ requests: 10, errors: 1, failed: 1, fingerprints: { E1: 99 }, fault: crashed });
    assert.deepEqual(countedOf({ instances: [lying], haproxy: null }, [known]), {
      requests: 10,
      errors: 1,
      failed: 1,
    });
  });

  it("are not found in what every object has", () => {
    const own = { ...known, fingerprint: "constructor" };
    assert.equal(countedOf({ instances: [seen], haproxy: null }, [own]).errors, 5);
  });

  it("leave at least one failure while an error is left", () => {
    const count = fc.nat({ max: 1000 });
    fc.assert(
      fc.property(count, count, count, (failed, more, told) => {
        const errors = failed + more;
        const one = instance({ requests: 1e6, errors, failed, fingerprints: { E1: told } });
        const counted = countedOf({ instances: [one], haproxy: null }, [known]);
        assert.equal(counted.errors, Math.max(0, errors - told));
        assert.ok(counted.failed <= failed && counted.failed >= Math.min(failed, counted.errors));
      }),
    );
  });
});

describe("the two witnesses", () => {
  const unknown = (requests: number, errors: number, witness: Partial<HaproxyCounts>) => {
    const canary = { instances: [instance({ requests, errors, failed: errors })], haproxy: haproxy(witness) };
    return evidenceOf(observation({ canary }), []).unknown;
  };

  it("may be read at different moments", () => {
    assert.deepEqual(unknown(1000, 0, { requests: 1020, serverErrors: 20 }), []);
    assert.deepEqual(unknown(10, 5, { requests: 40, serverErrors: 30 }), []);
  });

  it("disagree when HAProxy saw far more failed answers than the service counts", () => {
    assert.deepEqual(unknown(1000, 1, { requests: 1000, serverErrors: 300 }), [
      "HAProxy saw 300 answers of the canary with a status of 500 or more, of which it counts 1 as errors.",
    ]);
  });

  it("disagree when one of them knows far fewer requests", () => {
    assert.deepEqual(unknown(200, 0, { requests: 1000 }), [
      "HAProxy gave 1000 requests to the canary, which counts only 200.",
    ]);
    assert.deepEqual(unknown(1000, 0, { requests: 200 }), [
      "The canary counts 1000 requests, of which only 200 came by HAProxy.",
    ]);
  });

  it("are one only where no HAProxy could be asked, which is told beside what else is unknown", () => {
    const evidence = evidenceOf(observation({ unknown: ["The last counts of abc were not read."] }), []);
    assert.deepEqual(evidence.unknown, [
      "The last counts of abc were not read.",
      "No HAProxy could be asked about the canary: its own counts stand alone.",
    ]);
    assert.equal(evidence.clientErrors, null);
  });

  it("tell how many failed answers clients got", () => {
    const canary = { instances: [instance()], haproxy: haproxy({ clientErrors: 2 }) };
    assert.equal(evidenceOf(observation({ canary }), []).clientErrors, 2);
  });
});

describe("the first error", () => {
  it("is the fault, or the count, of the first canary that has one", () => {
    const instances = [instance({ id: "aaaaaaaa-1" }), instance({ id: "bbbbbbbb-2", errors: 2 })];
    assert.equal(firstErrorOf({ instances, haproxy: null }, []), "bbbbbbbb counted 2");
    const faulty = [instance({ id: "cccccccc-3", errors: 2, fault: crashed })];
    assert.equal(firstErrorOf({ instances: faulty, haproxy: null }, []), "cccccccc crashed: exit code 1");
  });
});
