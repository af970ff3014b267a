import assert from "node:assert/strict";
import { appendFile, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { Judge } from "../../../../gate/decide/judge.ts";
import { nobody } from "../../../../gate/decide/people.ts";
import type { Rules } from "../../../../gate/decide/rules.ts";
import type { Final, Verdict, Wait } from "../../../../gate/decide/verdict.ts";
import { UsageError } from "../../../../gate/errors.ts";
import { readRecord } from "../../../../gate/record/read.ts";
import { Recorder } from "../../../../gate/record/recorder.ts";
import { Replay, type Replayed } from "../../../../gate/record/replay.ts";
import { costs as costSettings } from "../../../../settings/costs.ts";
import { steps } from "../../../../settings/steps.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { observation, recordingOf, rulesOf, side, unwanted } from "./observations.ts";

type Interval = readonly [canaryFailed: number, canary: number, otherFailed: number, other: number];

/** Records a watch that saw these intervals, and what it decided. */
async function recorded(
  rules: Rules,
  intervals: readonly Interval[],
  last?: (seen: Verdict) => Final,
  isApart = false,
) {
  const file = join(await temporaryFolder(), "record.ndjson");
  const recorder = await Recorder.open({ file, recording: recordingOf(rules), onWarning: unwanted });
  const judge = new Judge(rules);
  const sums = [0, 0, 0, 0];
  recorder.traffic("on");
  let verdict: Verdict | undefined;
  for (const [index, interval] of intervals.entries()) {
    for (const [at, more] of interval.entries()) sums[at] = (sums[at] ?? 0) + more;
    const [canaryFailed = 0, canary = 0, otherFailed = 0, other = 0] = sums;
    const seen = observation(1.1 * (index + 1), side(canary, canaryFailed), side(other, otherFailed));
    recorder.observed(seen);
    verdict = judge.see(seen);
    if (verdict.type !== "wait") break;
  }
  if (verdict !== undefined && verdict.type !== "wait" && !isApart) recorder.decided(verdict);
  else if (verdict !== undefined && last !== undefined) recorder.decided(last(verdict));
  await recorder.close();
  return { file, verdict };
}

async function replayed(file: string, given?: Rules) {
  const { start, lines, isCut } = await readRecord(file);
  const replay = new Replay(given ?? start.rules);
  const told: Replayed[] = [];
  for await (const line of lines) {
    const news = replay.see(line);
    if (news !== undefined) told.push(news);
  }
  return { told, last: replay.last, isCut: isCut() };
}

const compared = (told: readonly Replayed[]) =>
  told.filter((each) => each.type === "compared").map(({ same }) => same);

const baseline = rulesOf({ type: "baseline", minSeconds: 3, minRequests: 100, maxRequests: 5000 });
const zero = rulesOf({ type: "zero-errors", requests: 300 });
const good: Interval = [0, 100, 1, 300];
const bad: Interval = [9, 100, 1, 300];

describe("a replay", () => {
  for (const [name, rules, interval] of [
    ["a promotion of zero-errors", zero, good],
    ["a rejection of zero-errors", zero, bad],
    ["zero-errors by a rate", rulesOf({ type: "zero-errors", errorRate: 0.01, confidence: 0.9 }), good],
    ["a promotion of error-budget", rulesOf({ type: "error-budget" }), good],
    ["a rejection of error-budget", rulesOf({ type: "error-budget", phi: 2 }), bad],
    ["a promotion of baseline", baseline, good],
    ["a rejection of baseline", baseline, bad],
  ] as const) {
    it(`of ${name} gives the same verdict, bit for bit`, async () => {
      const { file, verdict } = await recorded(rules, Array<Interval>(50).fill(interval));
      assert.notEqual(verdict?.type, "wait");
      const { told, last } = await replayed(file);
      assert.deepEqual(last, verdict);
      assert.deepEqual(compared(told), [true]);
    });
  }

  it("of whatever was seen gives the same verdict, bit for bit", async () => {
    const interval = fc.tuple(fc.nat(3), fc.integer({ min: 3, max: 500 }), fc.nat(3), fc.nat(900));
    await fc.assert(
      fc.asyncProperty(fc.array(interval, { minLength: 1, maxLength: 30 }), async (intervals) => {
        const { file, verdict } = await recorded(baseline, intervals);
        assert.deepEqual((await replayed(file)).last, verdict);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it("of steps, approvals, pauses and an extension gives the same verdicts, bit for bit", async () => {
    const rules: Rules = {
      ...zero,
      limitSeconds: 10,
      steps: steps.parse([
        { share: "0.29 %", goal: { errorRate: 0.1, confidence: 0.9 }, approval: "required" },
        { share: "10 %", goal: { seconds: 15 }, pauseSeconds: 2 },
      ]),
      approval: "required",
      onInconclusive: "extend",
    };
    const file = join(await temporaryFolder(), "record.ndjson");
    const recorder = await Recorder.open({ file, recording: recordingOf(rules), onWarning: unwanted });
    const judge = new Judge(rules);
    const verdicts: Verdict[] = [];
    for (let second = 0; second <= 22; second++) {
      const people = {
        ...nobody,
        approvals: second < 3 ? 0 : second < 22 ? 1 : 2,
        pausedBy: second > 5 && second < 8 ? "alice" : null,
      };
      const seen = { ...observation(second, side(second * 25, 0), null), people };
      recorder.observed(seen);
      verdicts.push(judge.see(seen));
    }
    const last = verdicts.at(-1);
    assert.ok(last?.type === "promote");
    recorder.decided(last);
    await recorder.close();
    const waits = verdicts.flatMap((each) => (each.type === "wait" ? [each] : []));
    for (const is of [
      (each: Wait) => each.step === 1,
      (each: Wait) => each.waitsFor === "approval",
      (each: Wait) => each.waitsFor === "resume",
      (each: Wait) => each.extended !== null,
    ])
      assert.ok(waits.some(is), is.toString());

    const { start, lines } = await readRecord(file);
    assert.deepEqual(start.rules, { ...rules, steps: start.rules.steps });
    assert.deepEqual(
      start.rules.steps.map(({ share, goal }) => [share, goal.requests]),
      [
        [0.0029, 22],
        [0.1, undefined],
      ],
    );
    const replay = new Replay(start.rules);
    const again: (Verdict | undefined)[] = [];
    for await (const line of lines) {
      const news = replay.see(line);
      if (line.record === "observation") again.push(replay.last);
      else assert.equal(news?.type === "compared" && news.same, true);
    }
    assert.deepEqual(again, verdicts);
  });

  it("of costs gives the same verdict, and of a record from before there were costs the one of then", async () => {
    const { allowed, compare, ...costs } = costSettings.parse({});
    assert.deepEqual([allowed, compare], [[], true]);
    const rules = { ...zero, costs };
    const file = join(await temporaryFolder(), "record.ndjson");
    const recorder = await Recorder.open({
      file,
      recording: recordingOf({ ...zero, costs: costSettings.parse({ allowed: ["GET /"] }) }),
      onWarning: unwanted,
    });
    const sample = (requests: number, each: number) => ({
      requests,
      sum: requests * each,
      squares: requests * each * each,
    });
    const route = { route: "GET /classes/:id", respect: "queries" as const };
    const seen = {
      ...observation(2, side(100, 0), null),
      costs: [{ ...route, canary: sample(400, 12), other: sample(4000, 2) }],
    };
    const verdict = new Judge(rules).see(seen);
    assert.ok(verdict.type === "reject" && verdict.rule === "check: costs");
    recorder.observed(seen);
    recorder.decided(verdict);
    await recorder.close();
    const { told, last } = await replayed(file);
    assert.deepEqual(last, verdict);
    assert.deepEqual(compared(told), [true]);
    assert.deepEqual((await readRecord(file)).start.rules.costs, costs);

    const text = await readFile(file, "utf8");
    const before = text
      .replace(/,"costs":\{[^}]*\}/, "")
      .replace(/,"costs":\[.*?\],"costsWait":null(?=,"unknown")/, "")
      .replace(/(?<=\n)\{"record":"verdict.*\n/, "");
    assert.doesNotMatch(before, /costs/);
    await writeFile(file, before);
    assert.equal((await replayed(file)).last?.type, "wait");
  });

  it("of a record from before there were steps and people gives the same verdict", async () => {
    const { file, verdict } = await recorded(zero, Array<Interval>(50).fill(good));
    const text = await readFile(file, "utf8");
    const before = text
      .replaceAll(/,"people":\{[^}]*\}/g, "")
      .replace(/,"approval":"none","onInconclusive":"destroy","steps":\[\]/, "");
    assert.doesNotMatch(before, /people|steps|approval|onInconclusive/);
    await writeFile(file, before);
    const { told, last } = await replayed(file);
    assert.deepEqual(last, verdict);
    assert.deepEqual(compared(told), [true]);
  });

  it("tells when a release goes to another step, or waits for somebody", async () => {
    const three = steps.parse([
      { share: "1 %", goal: { requests: 150 }, approval: "required" },
      { share: "2 %", goal: { requests: 150 } },
      { share: "3 %", goal: { requests: 150 } },
    ]);
    const { file } = await recorded({ ...zero, steps: three }, Array<Interval>(7).fill(good));
    const text = await readFile(file, "utf8");
    let looks = 0;
    // Approved at the fourth look.
    const approved = text.replaceAll(/"approvals":0/g, (found) => (++looks < 4 ? found : '"approvals":1'));
    await writeFile(file, approved);
    const waits = (await replayed(file)).told.flatMap((each) =>
      each.type === "verdict" && each.verdict.type === "wait" ? [each.verdict] : [],
    );
    assert.deepEqual(
      waits.map(({ step, waitsFor, evidence }) => [step, waitsFor, evidence.canary.requests]),
      [
        [0, null, 100],
        [0, "approval", 200],
        [1, null, 400],
        [2, null, 600],
      ],
    );
  });

  it("tells when the recorded verdict is another one, whatever part of it", async () => {
    const { file } = await recorded(zero, Array<Interval>(50).fill(good));
    const text = await readFile(file, "utf8");
    const changes = [
      [/"type":"promote"/, '"type":"reject"'],
      [/"requests":300,"failed":0,"errors":0\},"other"/, '"requests":301,"failed":0,"errors":0},"other"'],
      [/"errorRate":0\.0\d+/, '"errorRate":0.02'],
    ] as const;
    for (const [from, to] of changes) {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text);
      await writeFile(file, changed);
      assert.deepEqual(compared((await replayed(file)).told), [false]);
    }
  });

  it("tells when a verdict rests on fewer observations than are there", async () => {
    const { file } = await recorded(baseline, Array<Interval>(50).fill(good));
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    await writeFile(file, `${lines.toSpliced(-2, 1).join("\n")}\n`);
    assert.deepEqual(compared((await replayed(file)).told), [false]);
  });

  it("compares the evidence where canaries never came up", async () => {
    const notUp = (seen: Verdict): Final => ({
      type: "inconclusive",
      rule: "start",
      why: "1 of 2 canaries were up",
      evidence: seen.evidence,
    });
    const { file } = await recorded(zero, [good], notUp);
    assert.deepEqual(compared((await replayed(file)).told), [true]);
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(/"clientErrors":0,"allowed"/, '"clientErrors":1,"allowed"'),
    );
    assert.deepEqual(compared((await replayed(file)).told), [false]);
  });

  for (const [name, requests] of [
    ["would have waited", 300],
    ["would have promoted", 50],
  ] as const)
    it(`of a rejection by a smoke test claims no other verdict where counts alone ${name}`, async () => {
      const rejected = ({ evidence }: Verdict): Final => ({
        type: "reject",
        rule: "smoke: health",
        why: "canary one: GET /health answered 503, 200 was expected (after 3 tries)",
        evidence,
      });
      const rules = rulesOf({ type: "zero-errors", requests });
      const { file, verdict } = await recorded(rules, [good], rejected, true);
      assert.equal(verdict?.type, requests === 50 ? "promote" : "wait");
      assert.deepEqual(compared((await replayed(file)).told), [true]);
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace(/"clientErrors":0,"allowed"/, '"clientErrors":1,"allowed"'));
      assert.deepEqual(compared((await replayed(file)).told), [false]);
    });

  it("decides by other rules from the same observations", async () => {
    const { file } = await recorded(baseline, [[1, 100, 1, 300], good, good]);
    const { told, last } = await replayed(file, zero);
    assert.deepEqual(
      told.map((each) => (each.type === "verdict" ? each.verdict.type : each.type)),
      ["traffic", "reject"],
    );
    assert.equal(last?.type, "reject");
  });
});

describe("a record that is read", () => {
  async function refused(file: string, sentence: RegExp): Promise<void> {
    await assert.rejects(
      replayed(file),
      (error) => error instanceof UsageError && sentence.test(error.message),
    );
  }

  it("may be cut anywhere in its last line", async () => {
    const { file } = await recorded(zero, Array<Interval>(2).fill(good));
    const { length } = await readFile(file);
    for (const missing of [2, 20, 100]) {
      await truncate(file, length - missing);
      const { isCut, last } = await replayed(file);
      assert.equal(isCut, true);
      assert.equal(last?.evidence.canary.requests, 100);
    }
  });

  it("is whole without the last end of a line", async () => {
    const { file } = await recorded(zero, Array<Interval>(2).fill(good));
    await truncate(file, (await readFile(file)).length - 1);
    const { isCut, last } = await replayed(file);
    assert.equal(isCut, false);
    assert.equal(last?.evidence.canary.requests, 200);
  });

  it("is refused, and the line told, where it is damaged or no record", async () => {
    const { file } = await recorded(zero, [good]);
    const text = await readFile(file, "utf8");
    await appendFile(file, '{"record":"observ\n{"record":"traffic"}\n');
    await refused(file, /record\.ndjson, line 4 is not JSON/);
    await writeFile(file, `${text}{"record":"observation","seconds":-1}\n`);
    await refused(file, /line 4 is not of a record that `nary` wrote: /);
    await writeFile(file, text.replace('"version":1', '"version":2'));
    await refused(file, /line 1 .* version is 2: this nary reads version 1/);
    await writeFile(file, "hello\n");
    await refused(file, /line 1 is not JSON/);
    await writeFile(file, "");
    await refused(file, /is empty/);
    await refused(`${file}.none`, /cannot be read: ENOENT/);
  });
});
