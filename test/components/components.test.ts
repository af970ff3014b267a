import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { mockPulumi, registeredBy, valueOf, type Registered } from "./mocks.ts";

const shared = {
  environment: "local",
  service: "api",
  release: "registry/api@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  count: 2,
};
const task: { driver: "docker" } = { driver: "docker" };
const jobspec = z.object({ ID: z.string(), Meta: z.record(z.string(), z.string()) });

/** Type, name and kind of each. */
const names = (all: Registered[]) => all.map(({ type, name }) => `${type} ${name}`);

function inputsOf(all: Registered[], type: string): Record<string, unknown> {
  const found = all.find((each) => each.type === type);
  assert.ok(found, `no ${type} was registered`);
  return found.inputs;
}

const jobOf = (all: Registered[]) =>
  jobspec.parse(JSON.parse(z.string().parse(inputsOf(all, "nomad:index/job:Job")["jobspec"])));

/** Each property that was refused. */
function refused(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
    return error.errors.map(({ propertyPath }) => propertyPath);
  }
  throw new Error("It was accepted.");
}

describe("a component", () => {
  let components: Awaited<ReturnType<typeof load>>;

  async function load() {
    const [{ CanaryJob }, { ServiceJob }, { ConsulService }, { Haproxy }] = await Promise.all([
      import("../../components/canary-job.ts"),
      import("../../components/service-job.ts"),
      import("../../components/consul-service.ts"),
      import("../../components/haproxy.ts"),
    ]);
    return { CanaryJob, ServiceJob, ConsulService, Haproxy };
  }

  before(async () => {
    await mockPulumi();
    components = await load();
  });

  it("CanaryJob registers the canary's job, which is purged when it is destroyed", async () => {
    const all = await registeredBy(() => new components.CanaryJob("mine", { ...shared, task }));
    assert.deepEqual(names(all), ["nary:components:CanaryJob mine", "nomad:index/job:Job mine"]);
    const { jobspec: text, ...options } = inputsOf(all, "nomad:index/job:Job");
    assert.equal(typeof text, "string");
    assert.deepEqual(options, { json: true, detach: true, purgeOnDestroy: true });
    assert.equal(jobOf(all).ID, "api-canary");
  });

  it("CanaryJob registers the twin's job where that is its role, with the record of the same role", async () => {
    const { CanaryJob, ConsulService } = components;
    const all = await registeredBy(() => {
      new CanaryJob("mine", { ...shared, task, role: "twin" });
      new ConsulService("mine", { ...shared, role: "twin" });
    });
    const { ID: id, Meta: meta } = jobOf(all);
    assert.deepEqual([id, meta["nary_role"]], ["api-twin", "twin"]);
    const { pathPrefix, subkeys } = inputsOf(all, "consul:index/keyPrefix:KeyPrefix");
    assert.equal(pathPrefix, "nary/local/api/declared/twin/");
    assert.match(JSON.stringify(subkeys), /"role\\":\\"twin\\",\\"job\\":\\"api-twin\\"/);
  });

  it("ServiceJob registers production's job", async () => {
    const all = await registeredBy(() => new components.ServiceJob("mine", { ...shared, task }));
    assert.deepEqual(names(all), ["nary:components:ServiceJob mine", "nomad:index/job:Job mine"]);
    assert.equal(jobOf(all).ID, "api");
  });

  it("ServiceJob takes the output of a build as its release", async () => {
    const release = pulumi.output(
      Promise.resolve("registry/api@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    );
    const all = await registeredBy(() => new components.ServiceJob("mine", { ...shared, task, release }));
    assert.equal(
      jobOf(all).Meta["nary_release"],
      "registry/api@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    );
  });

  it("ConsulService declares the record at the role's own prefix", async () => {
    const all = await registeredBy(() => new components.ConsulService("mine", { ...shared, role: "canary" }));
    assert.deepEqual(inputsOf(all, "consul:index/keyPrefix:KeyPrefix"), {
      pathPrefix: "nary/local/api/declared/canary/",
      subkeys: {
        record:
          '{"version":1,"role":"canary","job":"api-canary","service":"api-canary","release":"registry/api@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",' +
          '"count":2,"counterPath":"/api/errorAndRequestCount"}',
      },
    });
  });

  it("ConsulService keeps the share with the record, which production has none of", async () => {
    const { ConsulService } = components;
    const share = "2.5 %";
    const all = await registeredBy(() => new ConsulService("mine", { ...shared, role: "canary", share }));
    const { subkeys } = z
      .object({ subkeys: z.object({ record: z.string() }) })
      .parse(inputsOf(all, "consul:index/keyPrefix:KeyPrefix"));
    assert.match(subkeys.record, /,"share":"2.5 %"\}$/);
    for (const bad of [
      { role: "canary" as const, share: "half" },
      { role: "production" as const, share },
    ])
      assert.deepEqual(
        refused(() => new ConsulService("bad", { ...shared, ...bad })),
        ["share"],
      );
  });

  it("Haproxy registers its job and says where it listens", async () => {
    const { Haproxy } = components;
    const args = { environment: "local", service: "api", port: 8080, statsPort: 8404 };
    const all = await registeredBy(async () => {
      const { job, address, statsAddress } = new Haproxy("mine", args);
      const outputs = await Promise.all([valueOf(job), valueOf(address), valueOf(statsAddress)]);
      assert.deepEqual(outputs, ["api-haproxy", "127.0.0.1:8080", "127.0.0.1:8404"]);
    });
    assert.equal(jobOf(all).ID, "api-haproxy");
  });

  it("Haproxy registers no job where it is published", async () => {
    const { Haproxy } = components;
    const args = { environment: "local", service: "api", port: 8080, statsPort: 8404 };
    const all = await registeredBy(async () => {
      const { job, address } = new Haproxy("mine", { ...args, placement: { type: "published" } });
      assert.deepEqual(await Promise.all([valueOf(job), valueOf(address)]), [undefined, "127.0.0.1:8080"]);
    });
    assert.deepEqual(names(all), ["nary:components:Haproxy mine"]);
  });

  it("names each argument that cannot be used, and registers no child", async () => {
    const { CanaryJob, ServiceJob, ConsulService, Haproxy } = components;
    const all = await registeredBy(() => {
      const bad = { ...shared, service: "a b", count: 0, release: "{{" };
      assert.deepEqual(refused(() => new CanaryJob("one", { ...bad, task })).sort(), [
        "count",
        "release",
        "service",
      ]);
      assert.deepEqual(
        refused(() => new ServiceJob("two", { ...shared, task, update: { maxParallel: 0 } })),
        ["update.maxParallel"],
      );
      assert.deepEqual(refused(() => new ConsulService("three", { ...bad, role: "canary" })).length, 3);
      const haproxy = { environment: "local", service: "api", port: 0, statsPort: 8404, bind: "here" };
      assert.deepEqual(refused(() => new Haproxy("four", haproxy)).sort(), ["bind", "port"]);
    });
    assert.deepEqual(
      all.filter(({ type }) => !type.startsWith("nary:")),
      [],
    );
  });
});
