import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { secretsPolicyOf } from "../../../components/job/secrets.ts";
import { canaryOf, serviceOf } from "./descriptions.ts";

const secrets = { PASSWORD: { item: "password" }, KEY: { path: "nary/keys", item: "key" } };

describe("the secrets of a job", () => {
  it("are read from the same place by canary and production", () => {
    const templatesOf = (job: ReturnType<typeof renderCanaryJob>) => job.TaskGroups[0]?.Tasks[0]?.Templates;
    const canary = templatesOf(renderCanaryJob(canaryOf({ secrets })));
    assert.deepEqual(canary, templatesOf(renderServiceJob(serviceOf({ secrets }))));
    assert.deepEqual(canary, [
      {
        EmbeddedTmpl:
          '{{ with nomadVar "nomad/jobs/api" }}PASSWORD={{ .password.Value | toJSON }}{{ end }}\n' +
          '{{ with nomadVar "nary/keys" }}KEY={{ .key.Value | toJSON }}{{ end }}\n',
        DestPath: "secrets/nary.env",
        Perms: "0400",
        Envvars: true,
        ErrMissingKey: true,
        ChangeMode: "noop",
      },
    ]);
  });

  it("stand beside other templates, and only in the task of the release", () => {
    const task = { driver: "raw_exec", command: "run" };
    const templates = [{ data: "x", destination: "local/x" }];
    const { TaskGroups: groups } = renderCanaryJob(
      canaryOf({ secrets, templates, sidecars: [{ name: "logs", task }] }),
    );
    const places = groups[0]?.Tasks.map((each) => each.Templates?.map(({ DestPath: place }) => place));
    assert.deepEqual(places, [["secrets/nary.env", "local/x"], undefined]);
  });
});

describe("the policy by which a job reads its secrets", () => {
  it("is for what its name does not allow", () => {
    const production = secretsPolicyOf(serviceOf({ secrets }), "production");
    assert.match(
      production?.rulesHcl ?? "",
      /^namespace "default" \{\n {2}variables \{\n {4}path "nary\/keys" \{[^}]*\}\n {2}\}\n\}\n$/,
    );
    const canary = secretsPolicyOf(canaryOf({ secrets, namespace: "payments" }), "canary");
    assert.equal(
      canary?.rulesHcl,
      'namespace "payments" {\n  variables {\n' +
        '    path "nary/keys" { capabilities = ["read"] }\n' +
        '    path "nomad/jobs/api" { capabilities = ["read"] }\n  }\n}\n',
    );
    assert.deepEqual(canary.jobAcl, {
      namespace: "payments",
      jobId: "api-canary",
      group: "api-canary-group",
      task: "api-canary-task",
    });
  });

  it("is not needed by a production whose secrets are under its name, nor by a job without any", () => {
    const own = { secrets: { A: { item: "a" }, B: { path: "nomad/jobs/api/api-group", item: "b" } } };
    assert.equal(secretsPolicyOf(serviceOf(own), "production"), undefined);
    assert.notEqual(secretsPolicyOf(canaryOf(own), "canary"), undefined);
    assert.equal(secretsPolicyOf(canaryOf(), "canary"), undefined);
  });

  it("has a name of its own in each namespace, one that Nomad takes", () => {
    const service = "a".repeat(48);
    const names = ["default", "n".repeat(128)].map(
      (namespace) => secretsPolicyOf(canaryOf({ service, namespace, secrets }), "canary")?.name ?? "",
    );
    assert.notEqual(names[0], names[1]);
    for (const name of names) assert.match(name, /^[a-zA-Z0-9-]{1,128}$/);
  });
});
