import assert from "node:assert/strict";
import { SettingsError } from "../../../settings/errors.ts";
import { parseSettings } from "../../../settings/parse.ts";
import { roles } from "../../../settings/stacks.ts";
import { configuration, type StackFile } from "./stack-file.ts";

const shared = { service: "api", count: 2, jobspec: "api.nomad.hcl" };

const parse = (role: string, file: StackFile) =>
  parseSettings(role, configuration({ role, ...file })).settings;

/** Each sentence with which settings are refused. */
function refusal(role: string, file: StackFile): string[] {
  try {
    parse(role, file);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message.split("\n");
  }
  throw new Error("They were accepted.");
}

describe("settings with a job file", () => {
  it("need no task in any role, and have what no file says of releases", () => {
    for (const role of roles) {
      const settings = parse(role, { ...shared, port: "web", namespace: "payments", statusPath: "/ready" });
      assert.ok("jobspec" in settings);
      const { jobspec, port, namespace, statusPath, counterPath } = settings;
      assert.deepEqual(
        [jobspec, port, namespace, statusPath, counterPath],
        ["api.nomad.hcl", "web", "payments", "/ready", "/api/errorAndRequestCount"],
      );
    }
    assert.equal(parse("canary", { ...shared, share: "5 %" }).role, "canary");
    assert.equal(parse("production", { ...shared, haproxy: { port: 1, statsPort: 2 } }).role, "production");
  });

  it("are refused with what the file says itself, one sentence each", () => {
    const [task, cpu, ...more] = refusal("production", { ...shared, task: { driver: "docker" }, cpu: 5 });
    assert.deepEqual(more, []);
    for (const [sentence = "", key] of [
      [task, "task"],
      [cpu, "cpu"],
    ] as const) {
      const said = `Pulumi.production.yaml: nary:${key} is not a setting of the role "production" beside nary:jobspec`;
      assert.ok(sentence.startsWith(said), sentence);
      assert.match(sentence, /Remove it with: pulumi config rm/);
    }
  });

  it("are checked as others are", () => {
    assert.match(refusal("canary", { ...shared, jobspec: "" }).join(), /must be the path of a job file/);
    assert.match(refusal("canary", { ...shared, twin: true }).join(), /must be false unless nary:policy/);
    const also = [{ service: "api", hosts: ["a.example"] }];
    assert.match(
      refusal("production", { ...shared, haproxy: { port: 1, statsPort: 2, also } }).join(),
      /haproxy\.also/,
    );
  });
});
