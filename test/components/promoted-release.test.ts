import assert from "node:assert/strict";
import { serviceName } from "../../settings/names.ts";
import { keysOf } from "../../settings/records.ts";
import { environmentName } from "../../settings/stacks.ts";
import { keepPromoted, mockPulumi } from "./mocks.ts";

const keys = keysOf(environmentName.parse("local"), serviceName.parse("api"));

describe("what production runs by the record", () => {
  async function read() {
    await mockPulumi();
    const { promotedRelease } = await import("../../components/promoted-release.ts");
    return await promotedRelease(keys);
  }

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
    await assert.rejects(
      read(),
      /The key nary\/local\/api\/run\/promoted in Consul does not hold the record promoted/,
    );
  });
});
