import assert from "node:assert/strict";
import { orphansOf, withoutPending } from "../../../../gate/act/pending.ts";
import { ActError } from "../../../../gate/errors.ts";

const resource = (type: string, inputs: Record<string, unknown>) => ({
  urn: `urn:pulumi:canary::nary::${type}::api`,
  type,
  inputs,
});

const state = (pending?: object[]) => ({
  version: 3,
  deployment: {
    manifest: { time: "2026-01-02T03:04:05Z" },
    resources: [resource("consul:index/keys:Keys", { secret: { ciphertext: "v1:abc" } })],
    ...(pending === undefined ? {} : { pending_operations: pending }),
  },
});

const job = resource("nomad:index/job:Job", {
  jobspec: JSON.stringify({ ID: "api-canary", Name: "api-canary" }),
});
const keys = resource("consul:index/keyPrefix:KeyPrefix", {
  pathPrefix: "nary/default/api/declared/canary/",
});

describe("the state that a killed Pulumi left", () => {
  it("loses its pending operations and nothing else", () => {
    const found = withoutPending(JSON.stringify(state([{ type: "creating", resource: job }])));
    assert.deepEqual(JSON.parse(found.state), state());
    assert.deepEqual(found.pending, [{ operation: "creating", type: job.type, inputs: job.inputs }]);
  });

  it("stays as it is without any", () => {
    const found = withoutPending(JSON.stringify(state()));
    assert.deepEqual(JSON.parse(found.state), state());
    assert.deepEqual(found.pending, []);
  });

  it("is refused when it is none", () => {
    assert.throws(() => withoutPending("[]"), ActError);
  });

  it("tells what a create may have made, and nothing of what an update or a delete was about", () => {
    const pending = (type: string) =>
      withoutPending(
        JSON.stringify(
          state([
            { type, resource: job },
            { type, resource: keys },
          ]),
        ),
      ).pending;
    assert.deepEqual(orphansOf(pending("creating")), [
      { type: "job", id: "api-canary" },
      { type: "keys", prefix: "nary/default/api/declared/canary/" },
    ]);
    assert.deepEqual(orphansOf(pending("updating")), []);
    assert.deepEqual(orphansOf(pending("deleting")), []);
  });

  it("names no job that is written in HCL, which only Nomad can read", () => {
    const hcl = resource("nomad:index/job:Job", { jobspec: 'job "api" {}' });
    assert.deepEqual(orphansOf([{ operation: "creating", type: hcl.type, inputs: hcl.inputs }]), []);
  });
});
