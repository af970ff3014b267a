import assert from "node:assert/strict";
import { declaredOf, plannedOf, renderedJob } from "../../../../gate/act/programs.ts";
import { ActError } from "../../../../gate/errors.ts";

const urn = "urn:pulumi:production::nary::nary:components:ServiceJob$nomad:index/job:Job::api";
const jobspec = JSON.stringify({ ID: "api", TaskGroups: [] });

describe("what Pulumi says of a program", () => {
  it("is the steps of a preview, with type and name", () => {
    const said = {
      steps: [
        { op: "update", urn, newState: { inputs: { jobspec } } },
        { op: "delete", urn, oldState: {} },
      ],
    };
    assert.deepEqual(plannedOf(JSON.stringify(said)), [
      { op: "update", type: "nomad:index/job:Job", name: "api", inputs: { jobspec } },
      { op: "delete", type: "nomad:index/job:Job", name: "api", inputs: {} },
    ]);
    assert.deepEqual(plannedOf("{}"), []);
  });

  it("is the job of an ID among a stack's resources", () => {
    const said = {
      deployment: {
        resources: [{ urn: "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s" }, { urn, inputs: { jobspec } }],
      },
    };
    const resources = declaredOf(JSON.stringify(said));
    assert.deepEqual(renderedJob(resources, "api"), { ID: "api", TaskGroups: [] });
    assert.equal(renderedJob(resources, "other"), undefined);
    const hcl = [{ type: "nomad:index/job:Job", name: "api", inputs: { jobspec: 'job "api" {}' } }];
    assert.equal(renderedJob(hcl, "api"), undefined);
    assert.equal(renderedJob(declaredOf('{"deployment":{}}'), "api"), undefined);
  });

  it("is an error that names the command when it is something else", () => {
    assert.throws(
      () => plannedOf("Previewing update"),
      (error) => error instanceof ActError && /`pulumi preview --json`/.test(error.message),
    );
    assert.throws(
      () => declaredOf('{"version":3}'),
      (error) => error instanceof ActError && /`pulumi stack export`/.test(error.message),
    );
  });
});
