import assert from "node:assert/strict";
import { BenchError, parseOptions } from "../../../bench/options.ts";

const parse = (...args: string[]) => parseOptions(args, ["reload"]);

describe("the options of a bench", () => {
  it("are a name, and what else is given", () => {
    const run = { command: "run", name: "reload" };
    assert.deepEqual(parse("reload"), { ...run, json: false, seconds: 60 });
    assert.deepEqual(parse("--json", "reload", "--seconds", "5"), { ...run, json: true, seconds: 5 });
    assert.deepEqual(parse("--help"), { command: "help" });
  });

  for (const [args, sentence] of [
    [[], /one bench, not "": reload\. See/],
    [["relaod"], /not "relaod": reload/],
    [["reload", "reload"], /not "reload reload"/],
    [["reload", "--fast"], /Unknown option '--fast'\. See/],
    [["reload", "--seconds", "0"], /--seconds is "0": it must be a whole number/],
    [["reload", "--seconds", "x"], /--seconds is "x"/],
  ] as const) {
    it(`refuse ${JSON.stringify(args)}`, () => {
      assert.throws(
        () => parse(...args),
        (error) => error instanceof BenchError && sentence.test(error.message),
      );
    });
  }
});
