import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canaryAndProductionAgree } from "../../../rules/canary-and-production-agree.ts";
import { canarySmallerThanProduction } from "../../../rules/canary-smaller-than-production.ts";
import { releaseChangesOnly } from "../../../rules/release-changes-only.ts";
import { judge, sentenceOf } from "../../../rules/violation.ts";
import { canaryOf, serviceOf } from "../components/descriptions.ts";

const compared = (canary: object, production: object) => {
  const [left, right] = [canaryOf({ count: 2, ...canary }), serviceOf({ count: 9, ...production })];
  return canaryAndProductionAgree(
    { job: renderCanaryJob(left), base: "api-canary", release: left.release },
    { job: renderServiceJob(right), base: "api", release: right.release },
  );
};

describe("canary and production", () => {
  it("agree in all but name, count, release, and what becomes of the dead", () => {
    assert.deepEqual(compared({}, {}), []);
    assert.deepEqual(compared({ release: "registry/api:3" }, { release: "registry/api:2" }), []);
    assert.deepEqual(compared({}, { update: { maxParallel: 4 }, restart: { attempts: 9 } }), []);
  });

  it("are told apart by the path of each field that differs", () => {
    const [violation] = compared({ env: { FAST: "1" }, memory: 400 }, {});
    assert.match(
      violation?.what ?? "",
      /^the jobs api-canary and api differ in TaskGroups\[0\]\.Tasks\[0\]\.Env\.FAST, TaskGroups\[0\]\.Tasks\[0\]\.Resources\.MemoryMB$/,
    );
    assert.equal(compared({}, { priority: 70 }).length, 1);
    assert.equal(compared({}, { statusPath: "/ready" }).length, 1);
  });

  it("are a smaller one and a bigger one", () => {
    assert.deepEqual(canarySmallerThanProduction(3, 4), []);
    assert.equal(canarySmallerThanProduction(4, 4)[0]?.rule, "canary-smaller-than-production");
    assert.equal(canarySmallerThanProduction(5, 4).length, 1);
  });
});

describe("what a promotion changes", () => {
  const job = { type: "nomad:index/job:Job", name: "api" };
  const record = { type: "consul:index/keyPrefix:KeyPrefix", name: "api" };
  const haproxy = { type: "nomad:index/job:Job", name: "api-haproxy" };
  const same = { op: "same", type: "nary:components:ServiceJob", name: "api" };

  it("may be the service's job and the record", () => {
    assert.deepEqual(
      releaseChangesOnly(
        [same, { ...job, op: "update" }, { ...record, op: "update" }, { ...haproxy, op: "same" }],
        "api",
      ),
      [],
    );
  });

  it("is nothing else, unless allowed by name", () => {
    const steps = [
      { ...job, op: "update" },
      { ...haproxy, op: "update" },
    ];
    assert.match(
      releaseChangesOnly(steps, "api")[0]?.what ?? "",
      /: update api-haproxy \(nomad:index\/job:Job\)$/,
    );
    assert.deepEqual(releaseChangesOnly(steps, "api", ["api-haproxy"]), []);
  });

  it("is no replacement of the service's own job either", () => {
    for (const op of ["replace", "create-replacement", "delete", "create"]) {
      assert.equal(releaseChangesOnly([{ ...job, op }], "api").length, 1, op);
    }
  });
});

describe("a rule", () => {
  const violations = canarySmallerThanProduction(4, 4);

  it("counts until it is excepted by name with a reason, which is said", () => {
    assert.deepEqual(judge(violations, {}), { refused: violations, excepted: [] });
    assert.deepEqual(judge(violations, { "canary-smaller-than-production": "a tiny service" }), {
      refused: [],
      excepted: [
        "the rule canary-smaller-than-production is excepted (a tiny service): the canary has 4 instances and production 4",
      ],
    });
  });

  it("says what is wrong, how to mend it, and how to do without", () => {
    assert.deepEqual(violations.map(sentenceOf), [
      "the canary has 4 instances and production 4: give the canary a nary:count below production's; " +
        "or except the rule with a reason, nary:except: { canary-smaller-than-production: … }.",
    ]);
  });
});
