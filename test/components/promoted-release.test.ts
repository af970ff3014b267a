import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { keepPromoted, mockPulumi, valueOf } from "./mocks.ts";

const args = { environment: "local", service: "api" };

describe("what production runs by the record", () => {
  let promoted: typeof import("../../components/promoted-release.ts");

  before(async () => {
    await mockPulumi();
    promoted = await import("../../components/promoted-release.ts");
  });

  const read = () => valueOf(promoted.promotedRelease(args));

  it("is the release that was promoted", async () => {
    keepPromoted('{"version":1,"release":"api:2","at":"2026-01-02T03:04:05.000Z"}');
    assert.equal(await read(), "api:2");
  });

  it("is nothing before anything was promoted", async () => {
    keepPromoted("");
    assert.equal(await read(), undefined);
  });

  it("is never guessed from a record that cannot be read", async () => {
    keepPromoted("api:2");
    const { environmentName } = await import("../../settings/stacks.ts");
    const { serviceName } = await import("../../settings/names.ts");
    await assert.rejects(
      promoted.readPromoted({
        environment: environmentName.parse("local"),
        service: serviceName.parse("api"),
      }),
      /The key nary\/local\/api\/run\/promoted in Consul does not hold the record promoted/,
    );
  });

  it("is not asked for where the service can have no record", () => {
    assert.throws(
      () => promoted.promotedRelease({ environment: "a/b", service: "api-canary" }),
      (error) =>
        pulumi.InputPropertiesError.isInstance(error) &&
        error.errors.map(({ propertyPath }) => propertyPath).join() === "environment,service",
    );
  });
});
