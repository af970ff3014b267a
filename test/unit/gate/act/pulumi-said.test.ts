import assert from "node:assert/strict";
import { pulumiFailure } from "../../../../gate/act/pulumi-said.ts";
import { PulumiError, UsageError } from "../../../../gate/errors.ts";

const args = ["up", "--yes", "--stack", "local-canary"];
const failure = (stderr: string, stdout = "") => pulumiFailure(args, { code: 255, stdout, stderr });

describe("what a failed Pulumi meant", () => {
  it("is an unknown stack: the user's mistake", () => {
    const error = failure("error: no stack named 'local-canary' found");
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /no stack local-canary.*pulumi stack init local-canary/);
  });

  it("is a wrong or a missing passphrase", () => {
    assert.match(
      failure("error: incorrect passphrase").message,
      /passphrase of the stack local-canary is wrong/,
    );
    const missing = "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …";
    assert.match(failure(missing).message, /set PULUMI_CONFIG_PASSPHRASE/);
  });

  it("is that nobody has logged in", () => {
    const { message } = failure(
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
    );
    assert.match(message, /run `pulumi login`, or set PULUMI_BACKEND_URL/);
  });

  it("is a stack that is locked by another one", () => {
    const error = failure("error: the stack is currently locked by 1 lock(s).");
    assert.match(error.message, /locked by another Pulumi.*pulumi cancel --stack local-canary/);
  });

  it("is else what Pulumi says, with the end of its output", () => {
    const error = failure("", `${"line\n".repeat(100)}    error: the port is taken.\n`);
    assert.ok(error instanceof PulumiError);
    assert.equal(error.message, "pulumi up of local-canary failed: the port is taken");
    assert.ok(error.output.split("\n").length <= 20);
    assert.match(error.output, /the port is taken/);
  });

  it("is the exit code where Pulumi says nothing", () => {
    assert.match(failure("").message, /exit code 255/);
  });
});
