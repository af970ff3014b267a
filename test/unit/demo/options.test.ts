import assert from "node:assert/strict";
import { DemoError } from "../../../demo/errors.ts";
import { parseOptions } from "../../../demo/options.ts";

describe("demo options", () => {
  it("runs the quick demo of the greetings with raw_exec unless told otherwise", () => {
    assert.deepEqual(parseOptions([]), {
      command: "run",
      app: "greetings",
      driver: "raw_exec",
      full: false,
      keep: false,
      json: false,
    });
  });

  it("reads every option", () => {
    assert.deepEqual(
      parseOptions(["--app", "greetings", "--driver", "docker", "--full", "--keep", "--json"]),
      {
        command: "run",
        app: "greetings",
        driver: "docker",
        full: true,
        keep: true,
        json: true,
      },
    );
  });

  it("knows the classroom, which runs as processes alone", () => {
    assert.partialDeepStrictEqual(parseOptions(["--app", "classroom"]), {
      app: "classroom",
      driver: "raw_exec",
    });
  });

  it("knows the command down", () => {
    assert.deepEqual(parseOptions(["down"]), { command: "down" });
    assert.deepEqual(parseOptions(["down", "/tmp/x"]), { command: "down", folder: "/tmp/x" });
  });

  it("lets help win over everything else", () => {
    assert.deepEqual(parseOptions(["down", "--help"]), { command: "help" });
  });

  for (const args of [
    ["--driver", "podman"],
    ["--drive", "docker"],
    ["--app", "playground"],
    ["--app", "classroom", "--driver", "docker"],
    ["up"],
    ["down", "/tmp/x", "now"],
    ["--driver"],
    ["--full=yes"],
  ]) {
    it(`refuses ${args.join(" ")} in one sentence`, () => {
      assert.throws(
        () => parseOptions(args),
        (error) =>
          error instanceof DemoError &&
          error.code === "usage" &&
          /^[^\n]+ See: npm run demo -- --help$/.test(error.message),
      );
    });
  }
});
