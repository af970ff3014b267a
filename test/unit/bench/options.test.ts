import assert from "node:assert/strict";
import { BenchError, parseOptions } from "../../../bench/options.ts";

const parse = (...args: string[]) =>
  parseOptions(args, {
    reload: { amount: "seconds" },
    "blast-radius": { amount: "requests" },
    decision: { amount: "runs" },
    deploy: { amount: "rounds", usual: 7 },
  });

describe("the options of a bench", () => {
  it("are a name, how much to measure, and what else is given", () => {
    const run = { command: "run", name: "reload" };
    assert.deepEqual(parse("reload"), { ...run, json: false, amount: 60 });
    assert.deepEqual(parse("--json", "reload", "--seconds", "5"), { ...run, json: true, amount: 5 });
    assert.deepEqual(parse("blast-radius"), { ...run, name: "blast-radius", json: false, amount: 20_000 });
    assert.deepEqual(parse("blast-radius", "--requests", "7"), {
      ...run,
      name: "blast-radius",
      json: false,
      amount: 7,
    });
    assert.deepEqual(parse("decision"), { ...run, name: "decision", json: false, amount: 20_000 });
    assert.deepEqual(parse("deploy"), { ...run, name: "deploy", json: false, amount: 7 });
    assert.deepEqual(parse("deploy", "--rounds", "3"), { ...run, name: "deploy", json: false, amount: 3 });
    assert.deepEqual(parse("--help"), { command: "help" });
  });

  for (const [args, sentence] of [
    [[], /one bench, not "": reload, blast-radius, decision, deploy\. See/],
    [["relaod"], /not "relaod": reload/],
    [["constructor"], /not "constructor": reload/],
    [["reload", "reload"], /not "reload reload"/],
    [["reload", "--fast"], /Unknown option '--fast'\. See/],
    [["reload", "--seconds", "0"], /--seconds is "0": it must be a whole number of seconds, 1 to 3600\./],
    [["reload", "--seconds", "x"], /--seconds is "x"/],
    [["reload", "--requests", "5"], /--requests is not for reload: it takes --seconds\. See/],
    [["reload", "--runs", "5"], /--runs is not for reload: it takes --seconds\. See/],
    [["blast-radius", "--looks", "5"], /--looks is not for blast-radius: it takes --requests\. See/],
    [["blast-radius", "--seconds", "5"], /--seconds is not for blast-radius: it takes --requests\. See/],
    [
      ["blast-radius", "--requests", "1.5"],
      /--requests is "1\.5": it must be a whole number of requests, 1 to/,
    ],
  ] as const) {
    it(`refuse ${JSON.stringify(args)}`, () => {
      assert.throws(
        () => parse(...args),
        (error) => error instanceof BenchError && sentence.test(error.message),
      );
    });
  }
});
