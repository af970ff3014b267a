import assert from "node:assert/strict";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Judge } from "../../../gate/decide/judge.ts";
import { Recorder } from "../../../gate/record/recorder.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { observation, recordingOf, rulesOf, side, unwanted } from "../../unit/gate/record/observations.ts";
import { nary } from "./nary.ts";

const baseline = { type: "baseline", minSeconds: 3, minRequests: 100, bound: { errorRate: 0.01 } };

describe("nary replay", function () {
  this.timeout(30_000);
  let folder: string;
  let file: string;

  before(async () => {
    folder = await temporaryFolder();
    file = join(folder, "record.ndjson");
    const rules = rulesOf(baseline);
    const recorder = await Recorder.open({ file, recording: recordingOf(rules), onWarning: unwanted });
    const judge = new Judge(rules);
    for (let second = 1; second <= 10; second++) {
      const seen = observation(second, side(100 * second, 0), side(300 * second, second));
      recorder.observed(seen);
      const verdict = judge.see(seen);
      if (verdict.type === "wait") continue;
      recorder.decided(verdict);
      break;
    }
    await recorder.close();
  });

  // Without servers, Pulumi or a home: nothing but the file is needed.
  const run = (...args: string[]) => nary(["replay", ...args], { cwd: folder, env: {} });

  it("tells each change of verdict, and that the last is the recorded one", async () => {
    const { code, stdout, stderr } = await run("record.ndjson");
    assert.equal(stderr, "");
    assert.match(stdout, /^api in local, api:2, watched from .*\nafter 1 s: wait: .*\nafter 5 s: promote: /);
    assert.match(stdout, /\nrecorded here: promote: .*\npromote: the same verdict, bit for bit\n$/);
    assert.equal(code, 0);
  });

  it("tells the same as events", async () => {
    const { stdout } = await run("record.ndjson", "--json");
    const events: unknown[] = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    assert.partialDeepStrictEqual(events.at(-1), {
      event: "end",
      same: true,
      verdict: "promote",
      exitCode: 0,
    });
    assert.equal(events.length, 5);
  });

  it("decides by another policy, given as JSON or in a file", async () => {
    const file = join(folder, "policy.yaml");
    await writeFile(file, "type: zero-errors\nrequests: 100\n");
    for (const given of [file, '{"type": "zero-errors", "requests": 100}']) {
      const { code, stdout } = await run("record.ndjson", "--policy", given);
      assert.match(stdout, /after 1 s: promote: 100 requests without an error/);
      assert.match(stdout, /recorded here: promote: 0 of 500.*\npromote: decided by another policy/);
      assert.equal(code, 0);
    }
  });

  it("ends with 2 for what it cannot use", async () => {
    for (const [args, sentence] of [
      [["none"], /The record none cannot be read: ENOENT/],
      [["record.ndjson", "--policy", "none"], /--policy none cannot be read: ENOENT/],
      [["record.ndjson", "--policy", "{"], /--policy cannot be read: .* such as/],
      [["record.ndjson", "--policy", '{"type":"x"}'], /--policy: type must be one of: zero-errors/],
      [["record.ndjson", "--policy", '{"type":"zero-errors","x":1}'], /--policy: has x, which is no setting/],
    ] as const) {
      const { code, stdout, stderr } = await run(...args);
      assert.match(stderr, sentence);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
      assert.equal(stdout, "");
      assert.equal(code, 2);
    }
  });

  it("ends with 1 for the record of a gate that was killed, and tells how far it came", async () => {
    await truncate(file, 3000);
    const { code, stdout } = await run("record.ndjson");
    assert.match(stdout, /warning: the last line is cut.*\nwait: the record ends before a verdict\n$/);
    assert.equal(code, 1);
  });
});
