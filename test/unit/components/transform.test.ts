import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { transform, transformed, type Transform } from "../../../components/job/transform.ts";
import { canaryOf, serviceOf } from "./descriptions.ts";

const rendered = () => renderCanaryJob(canaryOf());

/** Why a change is refused. */
function refusal(change: Transform): string[] {
  try {
    transformed("CanaryJob", rendered(), change);
  } catch (error) {
    assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
    return error.errors.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
  }
  return [];
}

/** As from a program without types. */
const untyped = (change: (job: unknown) => unknown): Transform =>
  transform.parse(change) ?? assert.fail("it is none");

describe("a job's transform", () => {
  it("is not needed", () => {
    assert.deepEqual(transformed("CanaryJob", rendered(), undefined), rendered());
  });

  it("reaches fields that have no name here, at the top and inside", () => {
    const changed = transformed("CanaryJob", rendered(), (job) => ({
      ...job,
      AllAtOnce: true,
      Meta: { ...job.Meta, team: "payments" },
      TaskGroups: job.TaskGroups.map((group) => ({ ...group, EphemeralDisk: { SizeMB: 500 } })),
    }));
    const [group, ...more] = rendered().TaskGroups;
    assert.deepEqual(more, []);
    assert.deepEqual(changed, {
      ...rendered(),
      AllAtOnce: true,
      Meta: { ...rendered().Meta, team: "payments" },
      TaskGroups: [{ ...group, EphemeralDisk: { SizeMB: 500 } }],
    });
  });

  it("knows the types of what is named", () => {
    const change: Transform = (job) => {
      const seconds: number = (job.TaskGroups[0]?.ShutdownDelay ?? 0) / 1e9;
      // @ts-expect-error a count is a number
      const count: Transform = (other) => ({ ...other, TaskGroups: [{ Count: "8" }] });
      return { ...job, Meta: { ...job.Meta, seconds: String(seconds), kind: typeof count } };
    };
    const { Meta: meta } = transformed("CanaryJob", rendered(), change);
    assert.equal(meta["seconds"], "2");
  });

  it("may change the job in place", () => {
    const changed = transformed("CanaryJob", rendered(), (job) => {
      job["AllAtOnce"] = true;
      return job;
    });
    assert.deepEqual(changed, { ...rendered(), AllAtOnce: true });
  });

  it("may add a service", () => {
    const change: Transform = (job) => ({
      ...job,
      TaskGroups: job.TaskGroups.map((group) => ({
        ...group,
        Services: [
          { Name: "admin", PortLabel: "http", Provider: "consul" as const, Checks: [] },
          ...(group.Services ?? []),
        ],
      })),
    });
    assert.deepEqual(refusal(change), []);
  });

  const refused: [string, Transform, string[]][] = [
    ["another ID", (job) => ({ ...job, ID: "other" }), ["ID"]],
    [
      "another role",
      (job) => ({ ...job, Meta: { ...job.Meta, nary_role: "production" } }),
      ["Meta.nary_role"],
    ],
    ["more of Nary's meta", (job) => ({ ...job, Meta: { ...job.Meta, nary_x: "y" } }), ["Meta.nary_x"]],
    [
      "no meta",
      (job) => ({ ...job, Meta: {} }),
      ["Meta.nary_environment", "Meta.nary_service", "Meta.nary_role", "Meta.nary_release"],
    ],
    [
      "another service's name, in place",
      (job) => {
        for (const { Services: services = [] } of job.TaskGroups)
          for (const service of services) service.Name = "api";
        return job;
      },
      ["the service api-canary"],
    ],
    [
      "another ID, in place",
      (job) => {
        job.ID = "other";
        return job;
      },
      ["ID"],
    ],
  ];
  for (const [title, change, marks] of refused) {
    it(`is refused with ${title}`, () => {
      assert.deepEqual(
        refusal(change),
        marks.map((mark) => `transform must leave ${mark} as it is, by which the job is found`),
      );
    });
  }

  const withCount =
    (count: number): Transform =>
    (job) => ({ ...job, TaskGroups: job.TaskGroups.map((group) => ({ ...group, Count: count })) });
  const elsewhere: [string, Transform, RegExp][] = [
    [
      "another namespace",
      (job) => ({ ...job, Namespace: "prod" }),
      /^transform must leave Namespace .* give namespace/,
    ],
    [
      "another region",
      (job) => ({ ...job, Region: "eu" }),
      /^transform must leave Region .* give the provider/,
    ],
    ["another count", withCount(7), /^transform must leave the number of instances .* give count/],
    [
      "another count, in place",
      (job) => {
        for (const group of job.TaskGroups) group.Count += 1;
        return job;
      },
      /^transform must leave the number of instances/,
    ],
    [
      "one group more",
      (job) => ({ ...job, TaskGroups: [...job.TaskGroups, ...job.TaskGroups] }),
      /^transform must leave the number of instances/,
    ],
  ];
  for (const [title, change, reason] of elsewhere) {
    it(`is refused with ${title}`, () => {
      const reasons = refusal(change);
      assert.equal(reasons.length, 1);
      assert.match(reasons[0] ?? "", reason);
    });
  }

  it("is refused with a group that has no count, which would be one instance", () => {
    const countless = untyped(() => {
      const { TaskGroups: groups, ...job } = rendered();
      return { ...job, TaskGroups: groups.map(({ Services }) => ({ Services })) };
    });
    assert.match(refusal(countless).join(), /^transform must leave the number of instances/);
  });

  it("is refused with no group", () => {
    assert.equal(refusal((job) => ({ ...job, TaskGroups: [] })).length, 2);
  });

  const none: unknown[] = [undefined, null, "job", [], {}, Promise.resolve(rendered())];
  for (const [n, value] of none.entries()) {
    it(`is refused when it returns no job (${n})`, () => {
      assert.deepEqual(refusal(untyped(() => value)), [
        "transform must return a job, with ID, Meta and TaskGroups",
      ]);
    });
  }

  it("finds production's job by its own names", () => {
    const change: Transform = (job) => ({ ...job, ID: `${job.ID}-canary` });
    assert.throws(() => transformed("ServiceJob", renderServiceJob(serviceOf()), change), {
      message: /^ServiceJob has arguments that cannot be used/,
    });
  });
});
