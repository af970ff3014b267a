import assert from "node:assert/strict";
import { jobViolations } from "../../../rules/job-violations.ts";
import type { Role } from "../../../settings/stacks.ts";
import { canaryOf, serviceOf } from "../components/descriptions.ts";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";

const digest = `registry.example/api@sha256:${"0".repeat(64)}`;

/** A job with one task, and what is wrong with it by the names of the rules. */
function broken(task: object, role: Role = "production", services: object[] = []): string[] {
  const sound = { Name: "t", Driver: "raw_exec", Resources: { CPU: 100, MemoryMB: 100 } };
  const job = { ID: "api", TaskGroups: [{ Name: "g", Services: services, Tasks: [{ ...sound, ...task }] }] };
  return jobViolations(job, role, "/status").map(({ rule }) => rule);
}

describe("a job that is released", () => {
  it("keeps to the rules as the components render it", () => {
    const canary = renderCanaryJob({ ...canaryOf({}), release: canaryOf({ release: digest }).release });
    const service = renderServiceJob({ ...serviceOf({}), release: serviceOf({ release: digest }).release });
    assert.deepEqual(jobViolations(canary, "canary", "/status"), []);
    assert.deepEqual(jobViolations(service, "production", "/status"), []);
  });

  it("has limits on every task", () => {
    assert.deepEqual(broken({ Resources: null }), ["limits-set"]);
    assert.deepEqual(broken({ Resources: { CPU: 0, MemoryMB: 100 } }), ["limits-set"]);
    assert.deepEqual(broken({ Resources: { CPU: 100 } }), ["limits-set"]);
    assert.deepEqual(broken({ Resources: { CPU: 0, Cores: 2, MemoryMB: 100 } }), []);
  });

  it("names images by digest", () => {
    const image = (reference: string) => broken({ Driver: "docker", Config: { image: reference } });
    assert.deepEqual(image("registry.example/api:1.2.3"), ["image-by-digest"]);
    assert.deepEqual(image("registry.example/api@sha256:0123"), ["image-by-digest"]);
    assert.deepEqual(image(digest), []);
    assert.deepEqual(image(digest.replace("api@", "api:1.2.3@")), []);
    assert.deepEqual(broken({ Config: { command: "/opt/api" } }), []);
  });

  it("has, as a canary or a twin, a check of the status route", () => {
    const service = (checks: object[]) => [{ Name: "api-canary", Checks: checks }];
    const http = { Type: "http", Path: "/status" };
    assert.deepEqual(broken({}, "canary", service([{ Type: "tcp" }])), ["canary-has-routing-check"]);
    assert.deepEqual(broken({}, "canary", service([{ ...http, Path: "/" }])), ["canary-has-routing-check"]);
    assert.deepEqual(broken({}, "canary", service([{ Type: "tcp" }, http])), []);
    assert.deepEqual(broken({}, "twin", service([{ Type: "tcp" }])), ["canary-has-routing-check"]);
    assert.deepEqual(broken({}, "production", service([])), []);
  });

  it("has no secret in its plain environment", () => {
    assert.deepEqual(broken({ Env: { DB_PASSWORD: "hunter2" } }), ["no-plain-secrets"]);
    assert.deepEqual(broken({ Env: { DB_PASSWORD: "${NOMAD_SECRETS_DIR}" } }), []);
  });
});
