import assert from "node:assert/strict";
import { minimal, parse } from "./stack-file.ts";
import { SettingsError } from "../../../settings/errors.ts";

function placementOf(placement: unknown) {
  const settings = parse({
    ...minimal("production"),
    haproxy: { port: 8080, statsPort: 8404, ...(placement === undefined ? {} : { placement }) },
  });
  assert.ok(settings.role === "production");
  return settings.haproxy?.placement;
}

const nothing = { namespace: "default", constraints: [], affinities: [], spreads: [] };

describe("the settings of HAProxy's placement", () => {
  it("are a job on one client unless given", () => {
    assert.deepEqual(placementOf(undefined), { type: "service", count: 1, ...nothing });
    assert.deepEqual(placementOf({ type: "service", count: "3" }), { type: "service", count: 3, ...nothing });
  });

  it("may be a job on each client, or none", () => {
    assert.deepEqual(placementOf({ type: "system", nodePool: "edge" }), {
      type: "system",
      namespace: "default",
      nodePool: "edge",
      constraints: [],
    });
    assert.deepEqual(placementOf({ type: "published" }), { type: "published" });
  });

  for (const [placement, sentence] of [
    [
      "system",
      /nary:haproxy\.placement is "system": it must have a type, one of: service, system, published/,
    ],
    [{}, /placement\.type is missing/],
    [
      { type: "batch" },
      /nary:haproxy\.placement\.type is "batch": it must be one of: service, system, published/,
    ],
    [
      { type: "service", count: 0 },
      /placement\.count is 0: it must be a whole number of clients, at least 1/,
    ],
    [{ type: "system", count: 2 }, /placement\.count is not a setting of the type "system"/],
    [{ type: "system", spreads: [] }, /placement\.spreads is not a setting of the type "system"/],
    [{ type: "published", nodePool: "edge" }, /nodePool is not a setting of the type "published"/],
    [{ type: "system", datacenters: [] }, /placement\.datacenters is \[\]: it must be a list of datacenters/],
  ] as const) {
    it(`refuse ${JSON.stringify(placement)}`, () => {
      assert.throws(
        () => placementOf(placement),
        (error) => error instanceof SettingsError && sentence.test(error.message),
      );
    });
  }
});
