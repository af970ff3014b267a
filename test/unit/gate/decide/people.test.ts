import assert from "node:assert/strict";
import { nobody, type People } from "../../../../gate/decide/people.ts";
import type { Rules } from "../../../../gate/decide/rules.ts";
import { steps } from "../../../../settings/steps.ts";
import { judgeOf, observation, side } from "./observations.ts";

const alice = { by: "alice", why: "it is slow" };
const bob = { by: "bob", why: "a hotfix" };

function looking(rules: Partial<Rules> = {}, policy: object = { type: "zero-errors", requests: 100 }) {
  const judge = judgeOf(policy, { limitSeconds: 60, ...rules });
  return (seconds: number, requests: number, people: Partial<People> = {}, errors = 0) =>
    judge.see(observation({ seconds, canary: side(requests, errors), people: { ...nobody, ...people } }));
}

const ruleOf = (verdict: ReturnType<ReturnType<typeof looking>>) =>
  verdict.type === "wait" ? `wait: ${verdict.waitsFor ?? "nobody"}` : `${verdict.type}: ${verdict.rule}`;

describe("an abortion by hand", () => {
  it("rejects, and tells who and why, also before there is traffic", () => {
    for (const seconds of [0, 5]) {
      const verdict = looking()(seconds, 0, { aborted: alice });
      assert.equal(ruleOf(verdict), "reject: people: abort");
      assert.equal(verdict.why, "alice aborted it: it is slow");
    }
  });

  it("comes before all but a rejection by what was seen", () => {
    assert.equal(ruleOf(looking()(70, 100, { aborted: alice, promoted: bob })), "reject: people: abort");
    assert.equal(ruleOf(looking()(5, 9, { aborted: alice }, 1)), "reject: zero-errors: first error");
  });
});

describe("a promotion by hand", () => {
  it("promotes at once, tells who and why, and proves nothing that the policy has not", () => {
    const verdict = looking()(1, 10, { promoted: bob });
    assert.equal(ruleOf(verdict), "promote: people: promote");
    assert.equal(verdict.why, "bob promoted it: a hotfix; 10 of 100 requests, no error");
    assert.deepEqual(verdict.type === "promote" && verdict.proves, []);
    const proved = looking()(1, 100, { promoted: bob });
    assert.equal(proved.type === "promote" && proved.proves.length, 1);
  });

  it("waits neither for steps, checks, an approval nor the end of a pause", () => {
    const rules = {
      steps: steps.parse([{ share: "1 %", goal: { seconds: 3 }, approval: "required" }]),
      checks: [{ name: "lag", limit: 1, noData: "wait" }],
      approval: "required",
    } as const;
    assert.equal(
      ruleOf(looking(rules)(1, 1, { promoted: bob, pausedBy: "carol" })),
      "promote: people: promote",
    );
  });

  it("does not come before a rejection", () => {
    assert.equal(ruleOf(looking()(1, 10, { promoted: bob }, 1)), "reject: zero-errors: first error");
    const judge = judgeOf({ type: "zero-errors" }, { checks: [{ name: "lag", limit: 1, noData: "bad" }] });
    const readings = [{ check: "lag", canary: 2, other: null, why: "" }];
    const bad = judge.see(observation({ readings, people: { ...nobody, promoted: bob } }));
    assert.equal(ruleOf(bad), "reject: check: lag");
  });
});

describe("a pause", () => {
  const pausedBy = "carol";

  it("keeps promotion and time limit back, and tells who holds the release", () => {
    const look = looking();
    const held = look(5, 100, { pausedBy });
    assert.equal(ruleOf(held), "wait: resume");
    assert.match(held.why, /^100 requests without an error: .*; carol holds it \(nary resume\)$/);
    assert.equal(ruleOf(look(1000, 100, { pausedBy })), "wait: resume");
    assert.equal(ruleOf(look(1001, 100)), "promote: zero-errors: goal");
  });

  it("lets no time of the limit pass", () => {
    const look = looking();
    assert.equal(ruleOf(look(50, 1)), "wait: nobody");
    assert.equal(ruleOf(look(51, 1, { pausedBy })), "wait: resume");
    assert.equal(ruleOf(look(200, 1, { pausedBy })), "wait: resume");
    // 51 seconds before it, and those after 201.
    assert.equal(ruleOf(look(201, 1)), "wait: nobody");
    assert.equal(ruleOf(look(209.9, 1)), "wait: nobody");
    assert.equal(ruleOf(look(210, 1)), "inconclusive: time limit");
  });

  it("lets no time pass of a policy's own limit either, and keeps its limit of requests back", () => {
    const bound = { errorRate: 0.3, confidence: 0.9 };
    const timed = looking({ limitSeconds: 3600 }, { type: "baseline", minSeconds: 0, maxSeconds: 60, bound });
    timed(10, 1, { pausedBy });
    assert.equal(ruleOf(timed(109, 1)), "wait: nobody");
    assert.equal(ruleOf(timed(159, 1)), "inconclusive: time limit");
    const counted = looking({}, { type: "baseline", minRequests: 10, maxRequests: 10, bound });
    assert.equal(ruleOf(counted(5, 20, { pausedBy })), "wait: resume");
    assert.equal(ruleOf(counted(6, 20)), "inconclusive: baseline: request limit");
  });

  it("lets no next step begin, though its goal is met meanwhile", () => {
    const two = steps.parse([
      { share: "1 %", goal: { seconds: 5 } },
      { share: "2 %", goal: { seconds: 5 } },
    ]);
    const look = looking({ steps: two });
    const stepAt = (seconds: number, people: Partial<People>) => {
      const verdict = look(seconds, 1, people);
      return verdict.type === "wait" ? verdict.step : verdict.type;
    };
    assert.equal(stepAt(4, { pausedBy }), 0);
    assert.equal(stepAt(9, { pausedBy }), 0);
    assert.equal(stepAt(9.5, {}), 1);
  });

  it("keeps no rejection back", () => {
    assert.equal(ruleOf(looking()(5, 10, { pausedBy }, 1)), "reject: zero-errors: first error");
  });
});

describe("an approval of the promotion", () => {
  const look = () => looking({ approval: "required" });

  it("is waited for once the policy would promote, and no longer", () => {
    const one = look();
    assert.equal(ruleOf(one(5, 99)), "wait: nobody");
    const waiting = one(6, 100);
    assert.equal(ruleOf(waiting), "wait: approval");
    assert.match(waiting.why, /^100 requests .*; it waits for an approval \(nary promote\)$/);
    assert.equal(ruleOf(one(7, 100, { approvals: 1 })), "promote: zero-errors: goal");
  });

  it("is not waited for while a check lets the promotion wait", () => {
    const one = looking({ approval: "required", checks: [{ name: "lag", limit: 1, noData: "wait" }] });
    assert.equal(ruleOf(one(5, 100)), "wait: nobody");
  });

  it("may take a person's time, though not the policy's", () => {
    const one = look();
    assert.equal(ruleOf(one(59, 100)), "wait: approval");
    assert.equal(ruleOf(one(10_000, 100)), "wait: approval");
    assert.equal(ruleOf(one(10_001, 100, { approvals: 1 })), "promote: zero-errors: goal");
    const never = look();
    assert.equal(ruleOf(never(60, 99)), "inconclusive: time limit");
  });

  it("is told as what is waited for, also while somebody holds the release", () => {
    const held = look()(6, 100, { pausedBy: "carol" });
    assert.equal(ruleOf(held), "wait: approval");
    assert.match(held.why, /approval \(nary promote\); carol holds it \(nary resume\)$/);
    assert.equal(ruleOf(look()(6, 100, { pausedBy: "carol", approvals: 1 })), "wait: resume");
  });

  it("is not given where none is asked for", () => {
    assert.equal(ruleOf(looking()(6, 100)), "promote: zero-errors: goal");
  });
});

describe("a newer release", () => {
  const supersededBy = "api:3";

  it("takes the place of one that waits for a person, and is named", () => {
    for (const people of [{ pausedBy: "carol" }, {}]) {
      const verdict = looking({ approval: "required" })(6, 100, { ...people, supersededBy });
      assert.equal(ruleOf(verdict), "inconclusive: superseded");
      assert.match(verdict.why, /^the newer release api:3 takes its place: 100 requests/);
    }
    assert.equal(ruleOf(looking()(6, 1, { pausedBy: "carol", supersededBy })), "inconclusive: superseded");
  });

  it("waits as long as this one waits for nobody, and takes no promotion away", () => {
    assert.equal(ruleOf(looking()(6, 99, { supersededBy })), "wait: nobody");
    assert.equal(ruleOf(looking()(6, 100, { supersededBy })), "promote: zero-errors: goal");
  });

  it("is no limit that could be extended", () => {
    const look = looking({ approval: "required", onInconclusive: "extend" });
    assert.equal(ruleOf(look(6, 100, { supersededBy })), "inconclusive: superseded");
  });
});
