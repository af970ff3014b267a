import assert from "node:assert/strict";
import { exitCodeOf, tellError } from "../../../cli/run.ts";
import {
  ActError,
  InterruptedError,
  PulumiError,
  UnreachableError,
  UsageError,
} from "../../../gate/errors.ts";
import { SettingsError } from "../../../settings/errors.ts";

describe("the exit status", () => {
  it("is 2 for what the user wrote", () => {
    assert.equal(exitCodeOf(new SettingsError("nary:count is missing")), 2);
    assert.equal(exitCodeOf(new UsageError("no such stack")), 2);
  });

  it("is 4 for what broke, known or not", () => {
    assert.equal(exitCodeOf(new UnreachableError("Consul is away")), 4);
    assert.equal(exitCodeOf(new PulumiError("wrong passphrase", "")), 4);
    assert.equal(exitCodeOf(new ActError("not gone")), 4);
    assert.equal(exitCodeOf(new TypeError("a bug")), 4);
    assert.equal(exitCodeOf("thrown text"), 4);
  });

  it("is 130 for an interruption", () => {
    assert.equal(exitCodeOf(new InterruptedError("nothing was deployed or destroyed")), 130);
  });
});

describe("an error's words", () => {
  const error = new PulumiError("pulumi up failed", "line one\nline two", { cause: new Error("the cause") });

  it("are one sentence", () => {
    assert.equal(tellError(error, false), "pulumi up failed");
  });

  it("are all that is known for the curious", () => {
    const text = tellError(error, true);
    assert.match(text, / {2}\| line one\n {2}\| line two/);
    assert.match(text, /because PulumiError: pulumi up failed\n(.|\n)*because Error: the cause/);
  });
});
