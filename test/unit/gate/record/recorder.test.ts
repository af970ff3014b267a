import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startLine, startText } from "../../../../gate/record/lines.ts";
import { evidenceFileOf, newEvidenceFile, stateFolder } from "../../../../gate/record/place.ts";
import { Recorder } from "../../../../gate/record/recorder.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { observation, recordingOf, rulesOf, side, unwanted } from "./observations.ts";

const recording = recordingOf(rulesOf({ type: "zero-errors" }));

async function open(place: { file?: string; folder?: string }) {
  const warnings: string[] = [];
  const recorder = await Recorder.open({ ...place, recording, onWarning: (why) => warnings.push(why) });
  return { recorder, warnings };
}

const seen = observation(1, side(1, 0), null);

describe("a record", () => {
  it("is a file of its owner alone, one object a line, under the service's name", async () => {
    const folder = await temporaryFolder();
    const { recorder, warnings } = await open({ folder });
    recorder.traffic("on");
    for (let second = 0; second < 1000; second++)
      recorder.observed(observation(second, side(second, 0), null));
    await recorder.close();
    const { file = "" } = recorder;
    assert.ok(file.startsWith(join(folder, "local-api")));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, "utf8");
    const names = text
      .trimEnd()
      .split("\n")
      .map((line) => /^\{"record":"(\w+)"/.exec(line)?.[1]);
    assert.deepEqual(names.slice(0, 3), ["start", "traffic", "observation"]);
    assert.equal(names.length, 1002);
    assert.deepEqual(warnings, []);
  });

  it("makes a file that was there anew, and its owner's alone", async () => {
    const file = join(await temporaryFolder(), "record.ndjson");
    await writeFile(file, "x".repeat(10_000), { mode: 0o644 });
    const { recorder } = await open({ file });
    await recorder.close();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(await readFile(file, "utf8"), /^\{"record":"start".*\}\n$/);
  });

  it("takes the place of the oldest, once there are fifty", async () => {
    const folder = await temporaryFolder();
    const own = join(folder, "local-api");
    await mkdir(own);
    const names = Array.from({ length: 60 }, (_, index) => `2020-01-01T00-00-${10 + index}.ndjson`);
    for (const name of [...names, "mine.txt"]) await writeFile(join(own, name), "");
    const { recorder } = await open({ folder });
    await recorder.close();
    const left = (await readdir(own)).sort();
    assert.deepEqual(left.slice(0, 49), names.slice(11));
    assert.equal(left.length, 51);
    assert.ok(left.includes("mine.txt"));
  });

  it("goes together with the evidence that belongs to it", async () => {
    const folder = await temporaryFolder();
    const own = join(folder, "local-api");
    await mkdir(own);
    const stem = (index: number) => join(own, `2020-01-01T00-00-${10 + index}`);
    for (let index = 0; index < 50; index++) {
      await writeFile(`${stem(index)}.ndjson`, "");
      assert.equal(evidenceFileOf(`${stem(index)}.ndjson`), `${stem(index)}.evidence.json`);
      await writeFile(evidenceFileOf(`${stem(index)}.ndjson`), "");
    }
    // Of a canary that was taken away by hand: older than all, and without a record.
    await writeFile(join(own, "2019.evidence.json"), "");
    const names = { environment: "local", service: "api" };
    const made = await newEvidenceFile(folder, names, new Date("2026-01-02T03:04:05.678Z"));
    assert.equal(made, join(own, "2026-01-02T03-04-05.678Z.evidence.json"));
    const left = (await readdir(own)).sort();
    assert.equal(left.length, 98);
    assert.ok(left[0]?.startsWith("2020-01-01T00-00-11."), left[0]);
  });

  it("holds nothing of how a check asks", async () => {
    const file = join(await temporaryFolder(), "record.ndjson");
    const check = { name: "latency", noData: "ok", query: "token=secret" } as const;
    const rules = { ...recording.rules, checks: [check] };
    const recorder = await Recorder.open({
      file,
      recording: { ...recording, rules },
      onWarning: unwanted,
    });
    await recorder.close();
    assert.doesNotMatch(await readFile(file, "utf8"), /secret/);
  });

  it("holds all of a check that deciding needs", () => {
    const check = { name: "latency", ratio: 2, noData: "bad", forSeconds: 5, afterSeconds: 60 } as const;
    const rules = { ...recording.rules, checks: [check] };
    const text = startText({ ...recording, rules }, new Date());
    assert.deepEqual(startLine.parse(JSON.parse(text)).rules.checks, [check]);
  });

  it("that cannot be begun is told of once, and the release goes on", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "file"), "");
    for (const place of [{ file: join(folder, "file", "record") }, { folder: join(folder, "file") }]) {
      const { recorder, warnings } = await open(place);
      recorder.observed(seen);
      await recorder.close();
      assert.equal(recorder.file, undefined);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", /cannot be written, the release goes on without: E(NOTDIR|EXIST)/);
    }
  });

  it("on a full disk is told of once, and the release goes on", async () => {
    const { recorder, warnings } = await open({ file: "/dev/full" });
    for (let look = 0; look < 100; look++) {
      recorder.observed(seen);
      await new Promise(setImmediate);
    }
    await recorder.close();
    await recorder.close();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /ENOSPC/);
  });

  it("that a disk does not take fast enough is given up before it fills the memory", async () => {
    const file = join(await temporaryFolder(), "record.ndjson");
    const { recorder, warnings } = await open({ file });
    const long = { ...seen, unknown: ["x".repeat(1024 * 1024)] };
    // Without a pause in which anything could be written.
    for (let look = 0; look < 20; look++) recorder.observed(long);
    await recorder.close();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /too slow/);
  });
});

describe("the folder of records", () => {
  it("is XDG's, if that is a whole path, else the one below the home folder", () => {
    assert.equal(stateFolder({ XDG_STATE_HOME: "/state" }), "/state/nary");
    for (const given of [{}, { XDG_STATE_HOME: "" }, { XDG_STATE_HOME: "state" }])
      assert.match(stateFolder(given), /^\/.*\/\.local\/state\/nary$/);
  });
});
