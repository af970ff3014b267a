import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { FileTransform, OpenNomadJob } from "../../components/job/transform.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { mockPulumi, registeredBy, type Registered } from "./mocks.ts";

const task: { driver: "exec" } = { driver: "exec" };
const shared = { environment: "local", service: "api", release: "/srv/api-2", count: 2, task };

/** The job that was registered. */
function jobOf(all: Registered[]): Record<string, unknown> {
  const text = all.find(({ type }) => type === "nomad:index/job:Job")?.inputs["jobspec"];
  return z.record(z.string(), z.unknown()).parse(JSON.parse(z.string().parse(text)));
}

/** Each property that was refused, with why. */
function refused(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
    return error.errors.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
  }
  throw new Error("It was accepted.");
}

describe("a job's component", () => {
  let components: Awaited<ReturnType<typeof load>>;

  async function load() {
    const [{ CanaryJob }, { ServiceJob }] = await Promise.all([
      import("../../components/canary-job.ts"),
      import("../../components/service-job.ts"),
    ]);
    return { CanaryJob, ServiceJob };
  }

  before(async () => {
    await mockPulumi();
    components = await load();
  });

  it("places instances as it is told", async () => {
    const placed = {
      ...shared,
      nodePool: "gpu",
      constraints: [{ operator: "distinct_hosts" as const }],
      spreads: [{ attribute: "${meta.rack}" }],
    };
    for (const Component of [components.CanaryJob, components.ServiceJob]) {
      const job = jobOf(await registeredBy(() => new Component("placed", placed)));
      assert.equal(job["NodePool"], "gpu");
      assert.deepEqual(job["Constraints"], [{ Operand: "distinct_hosts" }]);
      assert.deepEqual(job["Spreads"], [{ Attribute: "${meta.rack}", Weight: 50, SpreadTarget: [] }]);
    }
  });

  it("is changed last by the transform, whether the release is known or yet to be built", async () => {
    const built = pulumi.output(Promise.resolve("/srv/api-3"));
    for (const Component of [components.CanaryJob, components.ServiceJob]) {
      for (const release of [shared.release, built]) {
        const transform = (job: OpenNomadJob) => ({ ...job, AllAtOnce: job.Meta["nary_release"] });
        const args = { ...shared, release, transform };
        const job = jobOf(await registeredBy(() => new Component("changed", args)));
        assert.equal(job["AllAtOnce"], release === built ? "/srv/api-3" : "/srv/api-2");
      }
    }
  });

  it("is refused, before anything is registered, when the transform takes its names away", async () => {
    const transform = (job: OpenNomadJob) => ({ ...job, ID: "mine" });
    const all = await registeredBy(() => {
      for (const Component of [components.CanaryJob, components.ServiceJob])
        assert.deepEqual(
          refused(() => new Component("renamed", { ...shared, transform })),
          ["transform must leave ID as it is, by which the job is found"],
        );
    });
    assert.deepEqual(
      all.filter(({ type }) => !type.startsWith("nary:")),
      [],
    );
  });

  it("has tasks, files and volumes beside the release, where they can be mounted", async () => {
    const helper = { name: "logs", task: { driver: "raw_exec" as const, command: "logs" } };
    const volumes = [{ source: "data", destination: "/data" }];
    const templates = [{ data: "x", destination: "local/x" }];
    for (const Component of [components.CanaryJob, components.ServiceJob]) {
      const given = { ...shared, volumes, templates, artifacts: [{ source: "https://files.example/a" }] };
      const job = jobOf(await registeredBy(() => new Component("beside", given)));
      const text = JSON.stringify(job["TaskGroups"]);
      for (const part of [
        '"VolumeMounts":[{',
        '"EmbeddedTmpl":"x"',
        '"GetterSource":"https://files.example/a"',
      ])
        assert.ok(text.includes(part), part);
      assert.deepEqual(
        refused(() => new Component("unmountable", { ...given, sidecars: [helper] })),
        ["volumes must be none where a task runs under raw_exec, which mounts nothing"],
      );
    }
  });

  it("is allowed to read its secrets before it is there, where that takes a policy", async () => {
    const { CanaryJob, ServiceJob } = components;
    const secrets = { A: { item: "a" } };
    const typesOf = async (make: () => unknown) =>
      (await registeredBy(make)).map(({ type }) => type).filter((type) => type.startsWith("nomad:"));
    const job = "nomad:index/job:Job";
    const given = { ...shared, secrets, secretsPolicy: true };
    assert.deepEqual(await typesOf(() => new CanaryJob("reads", given)), [
      "nomad:index/aclPolicy:AclPolicy",
      job,
    ]);
    assert.deepEqual(await typesOf(() => new ServiceJob("named", given)), [job]);
    assert.deepEqual(await typesOf(() => new CanaryJob("open", { ...shared, secrets })), [job]);
  });

  it("leaves the number of instances to an autoscaler where it is told to", async () => {
    const { ServiceJob } = components;
    for (const autoscaled of [true, undefined]) {
      const all = await registeredBy(() => new ServiceJob("scaled", { ...shared, autoscaled }));
      const job = all.find(({ type }) => type === "nomad:index/job:Job");
      assert.equal(job?.inputs["preserveCounts"], autoscaled ?? false);
    }
  });

  it("is a file of the user's own where one is given, and nothing else beside it", async () => {
    const { CanaryJob, ServiceJob } = components;
    const { environment, service, release, count } = shared;
    const folder = await temporaryFolder();
    const jobspec = join(folder, "job.json");
    const Resources = { CPU: 100, MemoryMB: 64 };
    const web = { Name: "web", Driver: "exec", Config: { command: "old" }, Resources };
    const groups = [{ Name: "web", Services: [{ PortLabel: "http" }], Tasks: [web] }];
    await writeFile(jobspec, JSON.stringify({ TaskGroups: groups }));
    const args = { jobspec, environment, service, release, count };
    for (const [Component, id] of [
      [CanaryJob, "api-canary"],
      [ServiceJob, "api"],
    ] as const) {
      const job = jobOf(await registeredBy(() => new Component("file", args)));
      assert.equal(job["ID"], id);
      assert.match(JSON.stringify(job["TaskGroups"]), /"command":"\/srv\/api-2"/);
      assert.match(
        refused(() => new Component("both", Object.assign({ cpu: 100 }, args))).join(),
        /Unrecognized key: "cpu"/,
      );
    }
  });

  it("of a file is changed by a transform at last, which leaves what the job is found by", async () => {
    const { CanaryJob, ServiceJob } = components;
    const jobspec = join(await temporaryFolder(), "job.json");
    const Resources = { CPU: 100, MemoryMB: 64 };
    const web = { Name: "web", Driver: "exec", Services: [{ PortLabel: "http" }], Resources };
    await writeFile(jobspec, JSON.stringify({ TaskGroups: [{ Name: "web", Tasks: [web] }] }));
    const { environment, service, release, count } = shared;
    const args = { jobspec, environment, service, release, count };
    const transform: FileTransform = (job) => ({
      ...job,
      AllAtOnce: true,
      Meta: { ...job.Meta, checks: String(JSON.stringify(job).includes("routing")) },
    });
    for (const Component of [CanaryJob, ServiceJob]) {
      const job = jobOf(await registeredBy(() => new Component("file", { ...args, transform })));
      assert.equal(job["AllAtOnce"], true);
      assert.match(JSON.stringify(job["Meta"]), /"nary_service":"api".*"checks":"true"/);
    }
  });

  it("names what does not fit together in checks and ports", () => {
    const checks = [
      { type: "tcp" as const, name: "a", port: "x" },
      { type: "script" as const, name: "b", command: "c", sidecar: "d" },
    ];
    for (const Component of [components.CanaryJob, components.ServiceJob]) {
      assert.deepEqual(
        refused(() => new Component("unfit", { ...shared, checks, ports: { http: { to: 80 } } })),
        [
          "checks.0.port must be the label of a port of the instance, one of: http",
          "ports.http.to must be left out where the release is no container, or shares the client's network",
          "checks.1.sidecar must be the name of a sidecar, of which there is none",
        ],
      );
    }
  });

  it("names what cannot be used in placement, registration and restarts", () => {
    const { CanaryJob, ServiceJob } = components;
    const affinities = [{ attribute: "rack", operator: "=" as const, value: "r1" }];
    const meta = { nary_role: "canary" };
    assert.deepEqual(
      refused(() => new CanaryJob("one", { ...shared, affinities, meta, priority: 0 })).map(
        (sentence) => sentence.split(" ")[0],
      ),
      ["priority", "affinities.0.attribute", "meta.nary_role"],
    );
    assert.deepEqual(
      refused(() => new ServiceJob("two", { ...shared, restart: { attempts: 0, mode: "delay" } })),
      ["restart must have at least 1 attempt where the mode is delay"],
    );
  });
});
